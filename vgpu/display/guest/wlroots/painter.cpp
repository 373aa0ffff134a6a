// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/painter.h"

#include <memory>

#include "vgpu/display/guest/wlroots/bus_guard.h"

namespace annex::display::guest {

namespace {

struct UnrefImage {
    void operator()(pixman_image_t* image) const { pixman_image_unref(image); }
};
using Image = std::unique_ptr<pixman_image_t, UnrefImage>;

/// Read access to a client's buffer while it lives.
class BufferAccess {
public:
    explicit BufferAccess(wlr_buffer* buffer) : m_buffer(buffer)
    {
        if (!wlr_buffer_begin_data_ptr_access(buffer, WLR_BUFFER_DATA_PTR_ACCESS_READ, &data, &format, &stride))
            m_buffer = nullptr;
    }
    ~BufferAccess()
    {
        if (m_buffer)
            wlr_buffer_end_data_ptr_access(m_buffer);
    }
    BufferAccess(const BufferAccess&) = delete;
    BufferAccess& operator=(const BufferAccess&) = delete;
    explicit operator bool() const { return m_buffer != nullptr; }

    void* data = nullptr;
    std::uint32_t format = 0;
    std::size_t stride = 0;

private:
    wlr_buffer* m_buffer;
};

struct Coefficients {
    // source fraction = a * u + b * v + c for a destination fraction (u, v), for x and for y
    double xu, xv, xc, yu, yv, yc;
};

// From the surface as it is shown to the buffer as it was drawn; the convention is that of wlr_surface_get_effective_damage.
Coefficients coefficientsOf(wl_output_transform transform)
{
    switch (transform) {
    case WL_OUTPUT_TRANSFORM_NORMAL: break;
    case WL_OUTPUT_TRANSFORM_90: return {0, -1, 1, 1, 0, 0};
    case WL_OUTPUT_TRANSFORM_180: return {-1, 0, 1, 0, -1, 1};
    case WL_OUTPUT_TRANSFORM_270: return {0, 1, 0, -1, 0, 1};
    case WL_OUTPUT_TRANSFORM_FLIPPED: return {-1, 0, 1, 0, 1, 0};
    case WL_OUTPUT_TRANSFORM_FLIPPED_90: return {0, 1, 0, 1, 0, 0};
    case WL_OUTPUT_TRANSFORM_FLIPPED_180: return {1, 0, 0, 0, -1, 1};
    case WL_OUTPUT_TRANSFORM_FLIPPED_270: return {0, -1, 1, -1, 0, 1};
    }
    return {1, 0, 0, 0, 1, 0};
}

pixman_transform_t transformFor(const wlr_fbox& source, wl_output_transform transform, int width, int height)
{
    const Coefficients k = coefficientsOf(transform);
    pixman_f_transform_t exact{};
    exact.m[0][0] = source.width * k.xu / width;
    exact.m[0][1] = source.width * k.xv / height;
    exact.m[0][2] = source.x + source.width * k.xc;
    exact.m[1][0] = source.height * k.yu / width;
    exact.m[1][1] = source.height * k.yv / height;
    exact.m[1][2] = source.y + source.height * k.yc;
    exact.m[2][2] = 1;
    pixman_transform_t fixed;
    pixman_transform_from_pixman_f_transform(&fixed, &exact);
    return fixed;
}

bool covers(const Rect& box, const Rect& crop)
{
    return box.x <= crop.x && box.y <= crop.y && box.x + box.width >= crop.x + crop.width && box.y + box.height >= crop.y + crop.height;
}

void drawSurface(wlr_surface* surface, const Rect& destination, pixman_op_t operation, pixman_image_t* target, const Culprit& culprit)
{
    wlr_texture* texture = wlr_surface_get_texture(surface);
    wlr_buffer* buffer = surface->buffer ? surface->buffer->source : nullptr;
    if (!texture || !buffer || destination.width <= 0 || destination.height <= 0)
        return;
    BufferAccess access(buffer);
    if (!access)
        return;

    bool hit = false;
    {
        const auto height = static_cast<int>(texture->height);
        BusGuard guard(access.data, access.stride * texture->height);
        Image source(pixman_image_create_bits_no_clear(pixman_image_get_format(wlr_pixman_texture_get_image(texture)),
                                                       static_cast<int>(texture->width), height, static_cast<std::uint32_t*>(access.data),
                                                       static_cast<int>(access.stride)));
        if (!source)
            return;
        wlr_fbox part;
        wlr_surface_get_buffer_source_box(surface, &part);
        const bool plain = part.width == destination.width && part.height == destination.height
            && surface->current.transform == WL_OUTPUT_TRANSFORM_NORMAL && part.x == static_cast<int>(part.x) && part.y == static_cast<int>(part.y);
        if (!plain) { // without a transform pixman copies row by row
            pixman_transform_t transform = transformFor(part, surface->current.transform, destination.width, destination.height);
            pixman_image_set_transform(source.get(), &transform);
            const bool whole = destination.width % static_cast<int>(part.width < 1 ? 1 : part.width) == 0;
            pixman_image_set_filter(source.get(), whole ? PIXMAN_FILTER_NEAREST : PIXMAN_FILTER_BILINEAR, nullptr, 0);
            pixman_image_set_repeat(source.get(), PIXMAN_REPEAT_PAD);
        }
        pixman_image_composite32(operation, source.get(), nullptr, target, plain ? static_cast<int>(part.x) : 0,
                                 plain ? static_cast<int>(part.y) : 0, 0, 0, destination.x, destination.y, destination.width,
                                 destination.height);
        hit = guard.hit();
    }
    if (hit)
        culprit(surface);
}

} // namespace

std::vector<PlacedSurface> surfaceTree(wlr_surface* root)
{
    std::vector<PlacedSurface> tree;
    wlr_surface_for_each_surface(
        root,
        [](wlr_surface* surface, int x, int y, void* data) {
            static_cast<std::vector<PlacedSurface>*>(data)->push_back({surface, {x, y, surface->current.width, surface->current.height}});
        },
        &tree);
    return tree;
}

void Painter::paint(const std::vector<PlacedSurface>& tree, const Rect& crop, int scale, const PaintTarget& target, const Region& region,
                    const Culprit& culprit)
{
    Image image(pixman_image_create_bits_no_clear(PIXMAN_a8r8g8b8, target.width, target.height,
                                                  reinterpret_cast<std::uint32_t*>(target.pixels), static_cast<int>(target.stride_bytes)));
    if (!image)
        return;
    pixman_image_set_clip_region32(image.get(), const_cast<pixman_region32_t*>(region.raw()));

    // The lowest surface may replace what the slot held if it covers the window; otherwise what it leaves free must be empty.
    bool replace = !tree.empty() && covers(tree.front().box, crop);
    if (!replace) {
        const pixman_color_t nothing{0, 0, 0, 0};
        const pixman_box32_t all{0, 0, target.width, target.height};
        pixman_image_fill_boxes(PIXMAN_OP_SRC, image.get(), &nothing, 1, &all);
    }
    for (const PlacedSurface& placed : tree) {
        const Rect destination{(placed.box.x - crop.x) * scale, (placed.box.y - crop.y) * scale, placed.box.width * scale,
                               placed.box.height * scale};
        drawSurface(placed.surface, destination, replace ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, image.get(), culprit);
        replace = false;
    }
}

bool Painter::isOpaque(const std::vector<PlacedSurface>& tree, const Rect& crop)
{
    Region opaque;
    for (const PlacedSurface& placed : tree) {
        Region part;
        pixman_region32_copy(part.raw(), &placed.surface->opaque_region);
        part.translate(placed.box.x, placed.box.y);
        opaque.add(part);
    }
    return opaque.contains(crop);
}

} // namespace annex::display::guest
