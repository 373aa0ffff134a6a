// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/exit_codes.h"

#include "app/api/errors.h"

namespace annex::ctl {

int exitCodeFor(const api::Problem& problem)
{
    if (problem.id == "broker.away" || problem.id == "broker.root" || problem.code == api::code::kNotYou)
        return kNoBroker;
    if (problem.code == api::code::kRefused)
        return kRefusedByPolicy;
    if (problem.code == api::code::kUnavailable)
        return kNotAvailable;
    return kFailed;
}

int execExitCodeFor(const api::Problem& problem)
{
    if (problem.id == "app.failed")
        return problem.detail.find("No such file") != std::string::npos ? kExecNotFound : kExecNotExecutable;
    return kExecFailed;
}

} // namespace annex::ctl
