// SPDX-License-Identifier: MIT
#include "thread-hold.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

namespace plaincap {

namespace {

// It stops when it leaves the kernel; that was asked for before the probes were set.
constexpr int kPolls = 200;
constexpr timespec kPollPause = {.tv_sec = 0, .tv_nsec = 50'000};

enum class Change { kNone, kStopped, kEnded, kGone };

// What became of a thread that we hold, which stays to be waited for.
Change Peek(pid_t tid, siginfo_t* news) {
  *news = {};
  const int options = WSTOPPED | WEXITED | WNOHANG | WNOWAIT | __WALL;
  if (waitid(P_PID, static_cast<id_t>(tid), news, options) != 0) return Change::kGone;
  if (news->si_pid == 0) return Change::kNone;
  return news->si_code == CLD_TRAPPED || news->si_code == CLD_STOPPED ? Change::kStopped
                                                                      : Change::kEnded;
}

void Detach(pid_t tid) {
  int status = 0;
  if (waitpid(tid, &status, WNOHANG | __WALL) != tid || !WIFSTOPPED(status)) return;
  // A signal that came first is passed on; what PTRACE_INTERRUPT made is no signal.
  const bool is_signal = status >> 16 == 0;
  const intptr_t signal = is_signal ? WSTOPSIG(status) : 0;
  ptrace(PTRACE_DETACH, tid, nullptr, reinterpret_cast<void*>(signal));
}

}  // namespace

bool HoldThread(pid_t tid) {
  if (ptrace(PTRACE_SEIZE, tid, nullptr, nullptr) != 0) return false;
  // Cannot fail but for a thread that has just ended; releasing it tells.
  ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr);
  return true;
}

bool ReleaseThread(pid_t tid, bool is_child) {
  siginfo_t news;
  const Change change = Peek(tid, &news);
  if (change == Change::kStopped) Detach(tid);
  // Its parent hears of its end after us.
  if (change == Change::kEnded && !is_child) waitpid(tid, nullptr, WNOHANG | __WALL);
  return change != Change::kNone;
}

Napi::Value HoldChild(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), HoldThread(info[0].As<Napi::Number>().Int32Value()));
}

Napi::Value ReleaseChild(const Napi::CallbackInfo& info) {
  const pid_t pid = info[0].As<Napi::Number>().Int32Value();
  bool released = ReleaseThread(pid, true);
  for (int i = 0; i < kPolls && !released; i++) {
    nanosleep(&kPollPause, nullptr);
    released = ReleaseThread(pid, true);
  }
  return Napi::Boolean::New(info.Env(), released);
}

}  // namespace plaincap
