// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include "tests/support/session/session.h"

namespace annex::test {

/// A client of annexd that knows no rules: bytes as they are, and what comes back. Plain and blocking.
class RawClient {
public:
    explicit RawClient(const QString& socketPath);
    /// Takes a connected socket over.
    explicit RawClient(int connectedSocket) : m_socket(connectedSocket) {}
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    bool isOpen() const { return m_socket >= 0; }
    int descriptor() const { return m_socket; }
    /// @param descriptors  go with the first byte
    /// @return false when the other end is gone, or reads nothing until the deadline
    bool send(const QByteArray& bytes, const QList<int>& descriptors = {});
    /// The next whole line without its end; null where the connection ended or nothing came.
    QByteArray line(int deadline_ms = kDeadline_ms);
    /// Whether the other end closes, reading everything until then.
    bool closes(int deadline_ms = kDeadline_ms);
    /// Lines up to the answer to request `id`; empty where none comes.
    QJsonObject answer(int id, int deadline_ms = kDeadline_ms);
    /// hello, then the request. @return the whole answer: `result` or `error`
    QJsonObject call(const QString& method, const QJsonObject& parameters = {}, const QList<int>& descriptors = {});
    /// Descriptors that came with what was read; the caller closes them.
    QList<int> takeDescriptors();

private:
    bool read(int deadline_ms);

    int m_socket = -1;
    int m_next = 1;
    bool m_greeted = false;
    QByteArray m_buffer;
    QList<int> m_descriptors;
};

} // namespace annex::test
