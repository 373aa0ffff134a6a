// SPDX-License-Identifier: Apache-2.0
// The guest's MIME files, which its programs may write as they like: globs2, magic, subclasses, aliases, mimeapps.list.
#include <cstdint>
#include <cstdlib>

#include "app/init/mime/associations.h"
#include "app/init/mime/mime_database.h"

using namespace annex;
using namespace annex::init::mime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    MimeDatabase database;
    database.addGlobs(text);
    database.addMagic(text);
    database.addAliases(text);
    database.addSubclasses(text);
    std::string type = database.typeOf("name.ext", ByteSpan(data, size));
    if (type.empty() || database.withParents(type).size() > MimeDatabase::kMaxParents + 1)
        std::abort();
    Associations associations;
    associations.addList(text);
    associations.addCache(text);
    if (associations.programsFor(type).size() > 3 * Associations::kMaxPrograms)
        std::abort();
    return 0;
}
