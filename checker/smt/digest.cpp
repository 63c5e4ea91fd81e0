// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/digest.hpp"

#include <algorithm>

namespace iolaw::smt {
namespace {

std::uint64_t scramble(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

bool has_symbol(TermOp op) { return op == TermOp::variable || op == TermOp::apply; }

bool is_commutative(Term term) {
  return term->op == TermOp::conjunction || term->op == TermOp::disjunction || term->op == TermOp::sum ||
         term->op == TermOp::equal;
}

Digest number(std::uint64_t value) {
  return {scramble(value + 0x9e3779b97f4a7c15), scramble(value ^ 0x5851f42d4c957f2d)};
}

}  // namespace

Digest mix(Digest a, Digest b) {
  return {scramble(a.high * 0x9e3779b97f4a7c15 + b.low) ^ b.high,
          scramble(a.low * 0xd1342543de82ef95 + b.high) ^ a.high};
}

Digest digest_of(std::string_view text) {
  Digest digest{0x6a09e667f3bcc908, 0xbb67ae8584caa73b};
  for (const char c : text) digest = mix(digest, number(static_cast<unsigned char>(c)));
  return mix(digest, number(text.size()));
}

std::string to_text(Digest digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint64_t word : {digest.high, digest.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[word >> shift & 15];
  }
  return text;
}

Digest Digester::operator()(Term term) {
  if (const auto found = done_.find(term); found != done_.end()) return found->second;
  Digest digest = mix(number(static_cast<std::uint64_t>(term->op)), number(term->args.size()));
  digest = mix(digest, number(static_cast<std::uint64_t>(term->sort.tag) << 32 | term->sort.kind));
  digest = mix(digest, number(static_cast<std::uint64_t>(term->value)));
  digest = mix(digest, number(static_cast<std::uint64_t>(term->value >> 64)));
  digest = mix(digest, has_symbol(term->op) ? digest_of(terms_.name(term->symbol)) : number(term->symbol));
  std::vector<Digest> args;
  for (std::size_t i = 0; i < term->args.size(); ++i) {
    Digest arg = (*this)(term->args[i]);
    if (i < term->weights.size()) {
      arg = mix(arg, number(static_cast<std::uint64_t>(term->weights[i])));
      arg = mix(arg, number(static_cast<std::uint64_t>(term->weights[i] >> 64)));
    }
    args.push_back(arg);
  }
  if (is_commutative(term)) std::sort(args.begin(), args.end());
  for (const Digest& arg : args) digest = mix(digest, arg);
  done_.emplace(term, digest);
  return digest;
}

Digest Digester::all(const std::vector<Term>& formulas) {
  std::vector<Digest> digests;
  for (const Term formula : formulas) digests.push_back((*this)(formula));
  std::sort(digests.begin(), digests.end());
  Digest result = number(digests.size());
  for (const Digest& digest : digests) result = mix(result, digest);
  return result;
}

}  // namespace iolaw::smt
