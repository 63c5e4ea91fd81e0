// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace iolaw {

// Things that one thread at a time may use and that take long to make: as many as threads want at one time. What is
// asked of one must not depend on what was asked of it before.
template <typename Worker>
class Workers {
 public:
  explicit Workers(std::function<std::unique_ptr<Worker>()> make) : make_(std::move(make)) {}

  class Borrowed {
   public:
    Borrowed(Workers& from, std::unique_ptr<Worker> worker) : from_(from), worker_(std::move(worker)) {}
    ~Borrowed() {
      if (!worker_) return;
      const std::lock_guard lock(from_.mutex_);
      from_.idle_.push_back(std::move(worker_));
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    Worker& operator*() const { return *worker_; }
    Worker* operator->() const { return worker_.get(); }

   private:
    Workers& from_;
    std::unique_ptr<Worker> worker_;
  };

  Borrowed borrow() {
    std::unique_ptr<Worker> worker;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        worker = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!worker) worker = make_();
    return Borrowed(*this, std::move(worker));
  }

 private:
  std::function<std::unique_ptr<Worker>()> make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

}  // namespace iolaw
