// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "app/api/client_core.h"
#include "app/api/errors.h"
#include "app/api/methods.h"

namespace annex::api {

namespace {

constexpr std::string_view kIntroduction = R"(# The broker's API

Made from the table in `app/api/methods.cpp` and `app/api/errors.cpp` by `annex-api-docs`; a test holds this page against them. Do not edit it.

**Transport.** `annexd.sock` in the runtime folder (`docs/architecture.md`), a Unix stream socket with mode 0600 in a folder with mode 0700. The broker asks the
kernel with each read who wrote it (`SO_PASSCRED`) and answers only writers of its own user in its own user and pid namespace; anybody else gets
`request.writer` and the connection ends.

**Messages.** [JSON-RPC 2.0](https://www.jsonrpc.org/specification), one object a line, at most 1 MiB, at most 16 levels deep, no key twice, no batches, valid UTF-8.
Parameters are always an object; a parameter that a method does not know is an error. Ids are whole numbers or texts of at most 64 bytes. A client has at most 32
requests open, the broker at most 64 clients; a client that leaves 8 MiB unread is let go.

**Descriptors** travel with the first byte of the line that they belong to (`SCM_RIGHTS`), at most 3. Ones that are not used are closed.

**Deadlines and cancelling.** Each method has a deadline; `deadline_ms` among the parameters asks for another one (up to ten minutes). The notification
`{"jsonrpc":"2.0","method":"$/cancel","params":{"id":ID}}` gives a request up; it is still answered, with `request.cancelled` or with its result.

**Events** are notifications `{"method":"event","params":{"type":TYPE, …}}` after `events.subscribe`.

**W**, a workspace: `{id, name, number, profile, state, level, engine, persistence, colour, pattern, label, fresh, windows, started_at, unlimited: [key],
can_pause, viewer: "none" or "attached", memory_bytes, error: {id, title, why, do: [text]} or null, open_windows: [{id, title, app, minimised, active}]}`.
`state` is one of stopped, starting, running, pausing, paused, resuming, stopping, failed. `memory_bytes` is null where the engine cannot tell. Titles and program
names of windows are the workspace's own words, cleaned and cut to 80 characters.

**Versions.** `hello` says version 1. A broker refuses another one with `request.hello`.
)";

std::string_view kindName(Kind kind)
{
    switch (kind) {
    case Kind::Text: return "text";
    case Kind::Flag: return "true or false";
    case Kind::Number: return "number";
    case Kind::Texts: return "list of text";
    case Kind::Value: return "value";
    }
    return "";
}

void describeLimits(std::ostream& out, const Parameter& p)
{
    if (p.kind == Kind::Text)
        out << ", " << p.minimum << "–" << p.maximum << " bytes";
    else if (p.kind == Kind::Number)
        out << ", " << p.minimum << "–" << p.maximum;
    else if (p.kind == Kind::Texts)
        out << ", " << p.minimum << "–" << p.maximum << " elements";
}

void describe(std::ostream& out, const Method& method)
{
    out << "\n### " << method.name << "\n\n" << method.sentence << "\n\n";
    for (const auto& p : method.parameters) {
        out << "- `" << p.name << "` (" << kindName(p.kind);
        describeLimits(out, p);
        out << (p.required ? "" : ", optional") << ")" << (p.sentence.empty() ? "" : ": ") << p.sentence << "\n";
    }
    if (!method.descriptors.empty())
        out << "- descriptors: " << method.descriptors << "\n";
    out << "- answer: `" << method.result << "`\n- deadline: " << method.deadline_s << " s\n";
    if (method.errors.empty())
        return;
    out << "- errors:";
    for (const auto id : method.errors)
        out << " `" << id << "`";
    out << "\n";
}

} // namespace

std::string documentation()
{
    std::ostringstream out;
    out << kIntroduction << "\n## Methods\n";
    for (const auto& method : methodTable())
        describe(out, method);
    out << "\n## Events\n\n| Type | Parameters | When |\n| --- | --- | --- |\n";
    for (const auto& event : eventTable())
        out << "| `" << event.name << "` | `" << event.parameters << "` | " << event.sentence << " |\n";
    out << "\n## Errors\n\n`{\"code\": CODE, \"message\": one sentence, \"data\": {\"id\", \"title\", \"why\", \"do\": [text], \"detail\"}}`. Words in braces are filled in. Every request may "
           "also fail with the `request.…` and `internal` entries.\n\n| Code | Id | Title | Why |\n| --- | --- | --- | --- |\n";
    for (const auto& entry : errorTable())
        out << "| " << entry.code << " | `" << entry.id << "` | " << entry.title << " | " << entry.why << " |\n";
    return out.str();
}

} // namespace annex::api
