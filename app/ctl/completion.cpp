// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/completion.h"

#include <CLI/CLI.hpp>

namespace annex::ctl {

namespace {

std::vector<const CLI::App*> verbsOf(const CLI::App& app)
{
    std::vector<const CLI::App*> out;
    for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!verb->get_group().empty())
            out.push_back(verb);
    return out;
}

std::vector<std::string> flagsOf(const CLI::App& verb)
{
    std::vector<std::string> out;
    for (const auto* option : verb.get_options()) {
        for (const auto& name : option->get_lnames())
            out.push_back("--" + name);
        for (const auto& name : option->get_snames())
            out.push_back("-" + name);
    }
    return out;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

std::string wordsFor(const CLI::App& verb)
{
    auto words = flagsOf(verb);
    for (const auto* sub : verbsOf(verb))
        words.push_back(sub->get_name());
    return joined(words);
}

bool takesFiles(const CLI::App& verb)
{
    return verb.get_name() == "open" || verb.get_name() == "run" || verb.get_name() == "export";
}

bool takesWorkspace(const CLI::App& verb)
{
    const auto names = verb.get_options();
    return std::any_of(names.begin(), names.end(), [](const CLI::Option* o) { return o->get_name(true) == "WORKSPACE" || o->check_lname("workspace"); });
}

// One case for each verb; workspaces are asked of a running broker only.
std::string bash(const CLI::App& app)
{
    std::string out = "_annexctl() {\n"
                      "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
                      "    local IFS=$'\\n' workspaces=$'\\n'\n"
                      "    names() { annexctl --no-start --json list 2>/dev/null | sed -n 's/^      \"name\": \"\\(.*\\)\",$/\\1/p'; }\n"
                      "    words() { COMPREPLY=($(compgen -W \"${1// /$'\\n'}\" -- \"$word\")); }\n"
                      "    if [[ $before == -w || $before == --workspace ]]; then COMPREPLY=($(compgen -W \"$(names)\" -- \"$word\")); return; fi\n"
                      "    if (( COMP_CWORD == 1 )); then words '" + wordsFor(app) + "'; return; fi\n"
                      "    case $verb in\n";
    for (const auto* verb : verbsOf(app)) {
        out += "        " + verb->get_name() + ") words '" + wordsFor(*verb) + "'";
        if (takesFiles(*verb))
            out += "; COMPREPLY+=($(compgen -f -- \"$word\"))";
        else if (takesWorkspace(*verb))
            out += "; COMPREPLY+=($(compgen -W \"$(names)\" -- \"$word\"))";
        out += ";;\n";
    }
    return out + "    esac\n}\ncomplete -o filenames -F _annexctl annexctl";
}

std::string zsh(const CLI::App& app)
{
    std::string out = "#compdef annexctl\n_annexctl() {\n    if (( CURRENT == 2 )); then\n        local -a verbs=(\n";
    for (const auto* verb : verbsOf(app))
        out += "            '" + verb->get_name() + ":" + CLI::detail::find_and_replace(verb->get_description(), "'", "'\\''") + "'\n";
    out += "        )\n        _describe verb verbs\n        return\n    fi\n    case $words[2] in\n";
    for (const auto* verb : verbsOf(app)) {
        out += "        " + verb->get_name() + ") compadd -- " + wordsFor(*verb);
        if (takesFiles(*verb))
            out += "; _files";
        out += ";;\n";
    }
    return out + "    esac\n}\n_annexctl \"$@\"";
}

std::string fish(const CLI::App& app)
{
    std::string out = "complete -c annexctl -f\n";
    for (const auto* verb : verbsOf(app)) {
        const auto& name = verb->get_name();
        out += "complete -c annexctl -n __fish_use_subcommand -a " + name + " -d \"" + CLI::detail::find_and_replace(verb->get_description(), "\"", "\\\"") + "\"\n";
        const std::string condition = "complete -c annexctl -n '__fish_seen_subcommand_from " + name + "'";
        for (const auto* option : verb->get_options()) {
            if (option->get_lnames().empty() && option->get_snames().empty())
                continue;
            out += condition;
            for (const auto& l : option->get_lnames())
                out += " -l " + l;
            for (const auto& s : option->get_snames())
                out += " -s " + s;
            out += " -d \"" + CLI::detail::find_and_replace(option->get_description(), "\"", "\\\"") + "\"\n";
        }
        for (const auto* sub : verbsOf(*verb))
            out += condition + " -a " + sub->get_name() + "\n";
        if (takesFiles(*verb))
            out += condition + " -F\n";
    }
    out.pop_back();
    return out;
}

std::string escapedForMan(std::string text)
{
    text = CLI::detail::find_and_replace(text, "\\", "\\e");
    text = CLI::detail::find_and_replace(text, "-", "\\-");
    return !text.empty() && (text[0] == '.' || text[0] == '\'') ? "\\&" + text : text;
}

std::string usageOf(const CLI::App& verb, const std::string& path)
{
    std::string out = "\\fB" + path + "\\fR";
    for (const auto* option : verb.get_options()) {
        if (option->get_lnames().empty() && option->get_snames().empty()) {
            const auto name = option->get_name(true);
            const bool many = option->get_items_expected_max() > 1;
            out += option->get_required() ? " \\fI" + name + "\\fR" + (many ? "…" : "") : " [\\fI" + name + "\\fR]";
        }
    }
    return out;
}

void describe(std::string& out, const CLI::App& verb, const std::string& path)
{
    const auto subs = verbsOf(verb);
    if (!subs.empty()) {
        for (const auto* sub : subs)
            describe(out, *sub, path + " " + sub->get_name());
        return;
    }
    out += ".TP\n" + usageOf(verb, path) + "\n" + escapedForMan(verb.get_description()) + ".\n";
    for (const auto* option : verb.get_options()) {
        if (option->get_name() == "--help" || option->check_lname("help"))
            continue;
        out += ".RS\n.TP\n\\fB" + escapedForMan(option->get_positional() ? option->get_name(true) : option->get_name(false, true)) + "\\fR\n" + escapedForMan(option->get_description()) + "\n.RE\n";
    }
}

} // namespace

std::string completionFor(const CLI::App& app, const std::string& shell)
{
    return shell == "zsh" ? zsh(app) : shell == "fish" ? fish(app) : bash(app);
}

std::string manualPage(const CLI::App& app)
{
    std::string out = ".TH ANNEXCTL 1 \"\" \"Annex " ANNEX_VERSION "\" \"User Commands\"\n"
                      ".SH NAME\nannexctl \\- open what you do not trust in a second desktop\n"
                      ".SH SYNOPSIS\n.B annexctl\n[\\-\\-json] \\fIVERB\\fR [\\fIOPTIONS\\fR]\n"
                      ".SH DESCRIPTION\nAnnex runs programs and opens files in a workspace: a second desktop with its own files, whose windows stand beside your own in a coloured frame. "
                      "annexctl asks the broker, annexd, and starts it when it does not run.\n.SH VERBS\n";
    for (const auto* verb : verbsOf(app))
        describe(out, *verb, "annexctl " + verb->get_name());
    out += ".SH OPTIONS\n.TP\n\\fB\\-\\-json\\fR\nAnswers, also errors, as JSON on standard output.\n.TP\n\\fB\\-\\-no\\-start\\fR\nDo not start the broker.\n"
           ".SH EXIT STATUS\n.TP\n0\nIt is done.\n.TP\n1\nIt was tried and did not work.\n.TP\n2\nThe command line is wrong.\n.TP\n3\nPolicy refused it.\n.TP\n4\nThis computer or desktop cannot do it.\n"
           ".TP\n5\nThe broker cannot be reached.\n.PP\n\\fBexec\\fR gives the command's own exit status (128 + N after signal N), or 125 when Annex failed, 126 when the command cannot be run, 127 when there is none.\n"
           ".SH EXAMPLES\n.TP\nannexctl run foot\nA terminal in the workspace \"Untrusted\".\n.TP\nannexctl run ./setup.sh\nA program of this computer, in a fresh workspace.\n"
           ".TP\nannexctl open invoice.pdf\nA read\\-only copy, in a fresh workspace.\n.TP\nannexctl exec \\-t \\-\\- bash\nA shell inside, in this terminal.\n"
           ".SH FILES\n.TP\n$XDG_RUNTIME_DIR/annex\nThe broker's socket.\n.TP\n~/.local/share/annex/policy.sqlite\nSettings and the audit trail.\n.TP\n/etc/annex/policy.d/*.json\nWhat your organisation requires.";
    return out;
}

} // namespace annex::ctl
