// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/accessible.h"

#include <QAccessible>
#include <QAccessibleActionInterface>
#include <QAccessibleObject>
#include <QCoreApplication>

#include <array>
#include <memory>
#include <vector>

#include "app/viewer/toplevel.h"

namespace annex::viewer {

namespace {

QString words(const char* text) { return QCoreApplication::translate("Frame", text); }

constexpr std::array kParts{ui::FramePart::Content, ui::FramePart::MessageButton, ui::FramePart::Menu,
                            ui::FramePart::Minimise, ui::FramePart::Maximise, ui::FramePart::Close};

class PartInterface : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    PartInterface(Toplevel& window, ui::FramePart part) : m_window(&window), m_part(part) {}

    bool isValid() const override { return !m_window.isNull() && !m_window->surface().geometry().of(m_part).isEmpty(); }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_window; }
    QAccessibleInterface* parent() const override { return m_window ? QAccessible::queryAccessibleInterface(m_window) : nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    void setText(QAccessible::Text, const QString&) override {}

    QString text(QAccessible::Text kind) const override
    {
        if (kind != QAccessible::Name || !m_window)
            return {};
        const ui::FrameState& state = m_window->surface().state();
        switch (m_part) {
        case ui::FramePart::Content: return words("Content of workspace %1").arg(state.identity.name);
        case ui::FramePart::MessageButton: return state.message ? state.message->button : QString();
        case ui::FramePart::Menu: return words("Frame menu");
        case ui::FramePart::Minimise: return words("Minimise");
        case ui::FramePart::Maximise: return state.placement == ui::Placement::Maximised ? words("Restore") : words("Maximise");
        case ui::FramePart::Close: return words("Close");
        default: return {};
        }
    }
    QRect rect() const override
    {
        if (!m_window)
            return {};
        const double ratio = m_window->surface().ratio();
        const QRect device = m_window->surface().geometry().of(m_part);
        return QRectF(QPointF(device.topLeft()) / ratio + QPointF(m_window->position()), QSizeF(device.size()) / ratio).toAlignedRect();
    }
    QAccessible::Role role() const override { return m_part == ui::FramePart::Content ? QAccessible::Client : QAccessible::PushButton; }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.invisible = !isValid();
        return state;
    }
    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface && m_part != ui::FramePart::Content ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
    }
    QStringList actionNames() const override { return {pressAction()}; }
    void doAction(const QString& name) override
    {
        if (name == pressAction() && isValid())
            m_window->act(m_part);
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    QPointer<Toplevel> m_window;
    ui::FramePart m_part;
};

class ToplevelInterface : public QAccessibleObject {
public:
    explicit ToplevelInterface(Toplevel& window) : QAccessibleObject(&window)
    {
        for (ui::FramePart part : kParts) {
            auto* child = new PartInterface(window, part);
            QAccessible::registerAccessibleInterface(child); // owned by Qt's table from here on
            m_children.push_back(child);
        }
    }
    ~ToplevelInterface() override
    {
        for (QAccessibleInterface* child : m_children)
            QAccessible::deleteAccessibleInterface(QAccessible::uniqueId(child));
    }

    Toplevel& toplevel() const { return static_cast<Toplevel&>(*object()); }
    QWindow* window() const override { return &toplevel(); }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(qApp); }
    QAccessibleInterface* child(int index) const override
    {
        const auto shown = visible();
        return index >= 0 && index < static_cast<int>(shown.size()) ? shown[static_cast<std::size_t>(index)] : nullptr;
    }
    int childCount() const override { return static_cast<int>(visible().size()); }
    int indexOfChild(const QAccessibleInterface* wanted) const override
    {
        const auto shown = visible();
        const auto found = std::find(shown.begin(), shown.end(), wanted);
        return found == shown.end() ? -1 : static_cast<int>(found - shown.begin());
    }
    QString text(QAccessible::Text kind) const override
    {
        const ui::FrameState& state = toplevel().surface().state();
        if (kind == QAccessible::Name)
            return toplevel().accessibleName();
        if (kind == QAccessible::Description && state.message)
            return state.message->text; // what the strip says
        return {};
    }
    QRect rect() const override { return toplevel().geometry(); }
    QAccessible::Role role() const override { return QAccessible::Window; }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.active = toplevel().isShownActive();
        state.invisible = !toplevel().isVisible();
        return state;
    }

private:
    std::vector<QAccessibleInterface*> visible() const
    {
        std::vector<QAccessibleInterface*> shown;
        for (QAccessibleInterface* child : m_children)
            if (child->isValid())
                shown.push_back(child);
        return shown;
    }
    std::vector<QAccessibleInterface*> m_children;
};

QAccessibleInterface* make(const QString&, QObject* object)
{
    auto* window = qobject_cast<Toplevel*>(object);
    return window ? new ToplevelInterface(*window) : nullptr;
}

} // namespace

void installAccessibility() { QAccessible::installFactory(&make); }

} // namespace annex::viewer
