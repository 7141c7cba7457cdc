// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_THREAD_HOLD_H_
#define PLAINCAP_THREAD_HOLD_H_

#include <napi.h>
#include <sys/types.h>

namespace plaincap {

// Holding is ptrace(2)'s: no signal is sent, no parent or shell is told, and if the thread of ours
// that holds ends, by SIGKILL too, the kernel lets go. Both calls must come from the same thread.

// The thread runs none of its program from now on, nearly at once. False if the kernel refuses,
// since the thread is gone or has a debugger.
bool HoldThread(pid_t tid);

// Lets go of it. False if it did not stop yet, in a long call of the kernel: to be called again.
// `is_child`: it is the main thread of a process that node started, whose end is for node.
bool ReleaseThread(pid_t tid, bool is_child);

// holdChild(pid) -> boolean, releaseChild(pid) -> boolean
//
// The same for the main thread of a process that node started, which only node's main thread can
// hold: the event loop may not run meanwhile, as it would take the stop of its child for its end.
Napi::Value HoldChild(const Napi::CallbackInfo& info);
Napi::Value ReleaseChild(const Napi::CallbackInfo& info);

}  // namespace plaincap

#endif  // PLAINCAP_THREAD_HOLD_H_
