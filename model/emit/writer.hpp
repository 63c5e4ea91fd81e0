// SPDX-License-Identifier: Apache-2.0
// Lines of C++ with their indentation.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace iolaw::emit {

class Writer {
 public:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    append(fmt::format(format, std::forward<Args>(args)...));
  }
  // Opens a block: the line ends in `{`.
  template <class... Args>
  void open(fmt::format_string<Args...> format, Args&&... args) {
    append(fmt::format(format, std::forward<Args>(args)...) + " {");
    ++depth_;
  }
  void close(std::string_view end = "}") {
    --depth_;
    append(end);
  }
  // Text that was written elsewhere, as it stands.
  void paste(std::string_view text) { text_ += text; }
  void blank() { text_ += '\n'; }

  unsigned depth() const { return depth_; }
  const std::string& text() const { return text_; }

 private:
  void append(std::string_view line) {
    text_.append(2 * depth_, ' ');
    text_ += line;
    text_ += '\n';
  }

  std::string text_;
  unsigned depth_ = 0;
};

}  // namespace iolaw::emit
