// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/guest/mailbox.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace iolaw::guest {

void put_text(std::string_view text, std::uint32_t& length, char (&place)[Mailbox::kMostText]) {
  length = static_cast<std::uint32_t>(std::min(text.size(), Mailbox::kMostText));
  std::memcpy(place, text.data(), length);
}

void put_answer(const PortAnswer& answer, Mailbox& mailbox) {
  mailbox.status = answer.status;
  mailbox.error = answer.error;
  mailbox.results = static_cast<std::uint32_t>(std::min(answer.results.size(), Mailbox::kMostNumbers));
  for (std::uint32_t i = 0; i < mailbox.results; ++i) {
    mailbox.present[i] = answer.results[i].has_value();
    mailbox.values[i] = answer.results[i].value_or(0);
  }
  put_text(answer.note, mailbox.note_length, mailbox.note);
}

PortAnswer take_answer(const Mailbox& mailbox) {
  PortAnswer answer;
  answer.status = mailbox.status;
  answer.error = mailbox.error;
  answer.results.resize(std::min<std::size_t>(mailbox.results, Mailbox::kMostNumbers));
  for (std::size_t i = 0; i < answer.results.size(); ++i) {
    if (mailbox.present[i]) answer.results[i] = mailbox.values[i];
  }
  if (mailbox.note_length > 0) {
    answer.note.assign(mailbox.note, std::min<std::size_t>(mailbox.note_length, Mailbox::kMostText));
  }
  return answer;
}

void put_call(const ToldCall& call, ToldCall& place) {
  std::memcpy(static_cast<void*>(&place), &call, offsetof(ToldCall, rule));
  std::copy_n(call.rule, call.length, place.rule);
  std::copy_n(call.argument, call.arguments, place.argument);
  std::copy_n(call.result, call.results, place.result);
  std::copy_n(call.names, call.ended, place.names);
}

}  // namespace iolaw::guest
