// SPDX-License-Identifier: Apache-2.0
// Full-damage animation as an X11 client with shared memory (without it where the display is remote). animation_x11 [--size WxH] [--fps N]
#include <cstdio>
#include <cstdlib>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "tests/bench/animation.h"

using namespace annex::bench;

namespace {

class Client {
public:
    Client(Display* display, const AnimationOptions& options) : m_display(display), m_options(options), m_animation(options)
    {
        m_window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, static_cast<unsigned>(options.width),
                                       static_cast<unsigned>(options.height), 0, 0, 0);
        XSelectInput(display, m_window, ExposureMask);
        XStoreName(display, m_window, "animation");
        XSizeHints hints{};
        hints.flags = USPosition;
        XSetWMNormalHints(display, m_window, &hints);
        XMapWindow(display, m_window);
        m_context = XCreateGC(display, m_window, 0, nullptr);
        // ssh -X forwards the extension's name but not its memory; its display names a host.
        m_shared = XShmQueryExtension(display) && DisplayString(display)[0] == ':' && !std::getenv("ANNEX_BENCH_NO_SHM");
        for (int i = 0; i < 2; ++i)
            m_shared ? makeShared(i) : makePlain(i);
        XSync(display, False);
    }

    void run()
    {
        int completion = m_shared ? XShmGetEventBase(m_display) + ShmCompletion : -1;
        bool started = false;
        for (;;) {
            if (!m_shared && started) {
                drainEvents();
                draw();
                continue;
            }
            XEvent event;
            XNextEvent(m_display, &event);
            bool firstExpose = event.type == Expose && event.xexpose.count == 0 && !started;
            if (firstExpose || event.type == completion) {
                started = true;
                draw();
            }
        }
    }

private:
    void makeShared(int i)
    {
        XShmSegmentInfo& segment = m_segments[i];
        m_images[i] = XShmCreateImage(m_display, DefaultVisual(m_display, 0), static_cast<unsigned>(DefaultDepth(m_display, 0)), ZPixmap,
                                      nullptr, &segment, static_cast<unsigned>(m_options.width), static_cast<unsigned>(m_options.height));
        std::size_t size = static_cast<std::size_t>(m_images[i]->bytes_per_line) * static_cast<std::size_t>(m_options.height);
        segment.shmid = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
        segment.shmaddr = m_images[i]->data = static_cast<char*>(shmat(segment.shmid, nullptr, 0));
        XShmAttach(m_display, &segment);
        XSync(m_display, False);
        shmctl(segment.shmid, IPC_RMID, nullptr);
    }

    void makePlain(int i)
    {
        std::size_t size = static_cast<std::size_t>(m_options.width) * static_cast<std::size_t>(m_options.height) * 4;
        m_images[i] = XCreateImage(m_display, DefaultVisual(m_display, 0), static_cast<unsigned>(DefaultDepth(m_display, 0)), ZPixmap, 0,
                                   static_cast<char*>(std::malloc(size)), static_cast<unsigned>(m_options.width),
                                   static_cast<unsigned>(m_options.height), 32, m_options.width * 4);
    }

    void drainEvents()
    {
        XEvent event;
        while (XPending(m_display))
            XNextEvent(m_display, &event);
    }

    void draw()
    {
        XImage* image = m_images[m_current];
        m_animation.drawNext(reinterpret_cast<std::uint32_t*>(image->data));
        auto width = static_cast<unsigned>(m_options.width), height = static_cast<unsigned>(m_options.height);
        if (m_shared) {
            XShmPutImage(m_display, m_window, m_context, image, 0, 0, 0, 0, width, height, True);
            XFlush(m_display);
        } else {
            XPutImage(m_display, m_window, m_context, image, 0, 0, 0, 0, width, height);
            XSync(m_display, False);
        }
        m_current ^= 1;
    }

    Display* m_display;
    AnimationOptions m_options;
    Animation m_animation;
    Window m_window = 0;
    GC m_context = nullptr;
    bool m_shared = false;
    XShmSegmentInfo m_segments[2]{};
    XImage* m_images[2]{};
    int m_current = 0;
};

} // namespace

int main(int argc, char** argv)
{
    AnimationOptions options;
    if (!parseAnimation(argc, argv, options)) {
        std::fprintf(stderr, "usage: animation_x11 [--size WxH] [--fps N]\n");
        return 2;
    }
    Display* display = XOpenDisplay(nullptr);
    if (!display) {
        std::fprintf(stderr, "animation_x11: no display\n");
        return 1;
    }
    Client(display, options).run();
}
