// SPDX-License-Identifier: Apache-2.0
// Pieces of a law as text: what its author wrote, and signatures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::show {

// The words of a span on one line: comments and line breaks become single spaces.
std::string source_text(const Law& law, Span span);

// "spec/iommufd/ioas.law:74", the line where the span begins.
std::string place(const Law& law, Span span);

// "ioas.unmap(ioas: Ioas, iova: u64, length: u64) -> unmapped: u64"
std::string signature(const Law& law, const Rule& rule);

// "EINVAL", or "EBUSY or ENOENT" where an implementation may choose; "may ENOMEM" where it may also go on; "but EFAULT"
// where the effects stay; "unspecified" where the law is silent.
std::string errors_text(const Branch& branch);

// "only mock, tegra241 since linux 6.17"; empty if it is in every view.
std::string restriction_text(const Law& law, const Restriction& restriction);

// "profile mock, linux 6.17": what view the law is of; empty if it has no profiles and is the newest.
std::string view_text(const Law& law);

// "when iova == MAX", "unless ioas lives": as it was written.
std::string condition_text(const Law& law, const Branch& branch);

// "a: Area in ioas where overlaps(a.span, range) ascending a.span.first": what an `each` goes through.
std::string each_text(const Law& law, const Each& each);

// "EINVAL ENOENT EBUSY": every errno that a call of the rule may return, in the order of its table; "never fails".
std::string errnos_text(const Rule& rule);

// A table as text: columns are as wide as their widest cell, but the last, which is not padded. Two spaces between.
std::string columns(const std::vector<std::vector<std::string>>& rows, std::string_view indent);

}  // namespace iolaw::show
