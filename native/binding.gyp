{
  "targets": [
    {
      "target_name": "plaincap",
      "sources": [
        "addon.cc",
        "batch.cc",
        "bpf-log.cc",
        "capture.cc",
        "clocks.cc",
        "data-items.cc",
        "decode.cc",
        "elf-file.cc",
        "elf-mentions.cc",
        "elf-symbols.cc",
        "emulated-instructions.cc",
        "filter-maps.cc",
        "filter-options.cc",
        "frame-repeater.cc",
        "go-pclntab.cc",
        "go-program.cc",
        "instructions.cc",
        "kernel-features.cc",
        "later-programs.cc",
        "listeners.cc",
        "mapping-watcher.cc",
        "probe-links.cc",
        "probe-plan.cc",
        "probes.cc",
        "ring-waker.cc",
        "session-table.cc",
        "shared-function.cc",
        "system-call-events.cc",
        "thread-hold.cc",
        "uncached-write.cc"
      ],
      "include_dirs": [
        "<!@(node -p \"require('node-addon-api').include_dir\")",
        "deps/include",
        "../bpf",
        "../bpf/build"
      ],
      "dependencies": ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except"],
      "defines": ["ZYDIS_STATIC_BUILD", "ZYCORE_STATIC_BUILD", "ZYAN_NO_LIBC"],
      "cflags_cc": ["-std=c++20", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-fvisibility=hidden"],
      "libraries": [
        "<(module_root_dir)/deps/lib/libbpf.a",
        "<(module_root_dir)/deps/lib/libelf.a",
        "<(module_root_dir)/deps/lib/libZydis.a",
        "<(module_root_dir)/deps/lib/libz.a"
      ],
      "ldflags": ["-Wl,--exclude-libs,ALL", "-Wl,--gc-sections"]
    }
  ]
}
