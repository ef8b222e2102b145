#!/usr/bin/env python3
"""Writes the tables of system calls of the module Seccomp from the kernel's user-space headers.

usage: generate-syscall-tables.py [--check]

With --check nothing is written; the exit status is 1 if a table differs from what would be written.

Packages (Debian 12): linux-libc-dev and linux-libc-dev-{arm64,armhf,mipsel,mips64el,mipsn32el,powerpc,ppc64el,
riscv64,s390x,hppa,m68k,sh4}-cross, and a C preprocessor (cc). An order of bytes changes no number: mips and mipsel, sh
and sheb, ppc64 and ppc64le share a table. loongarch64 has the generic numbers.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "Sources" / "Seccomp"

# Calls newer than the headers above (6.1). Since 5.1 a new call gets the same number on every architecture, and a
# number once released never changes (Documentation/process/adding-syscalls.rst; arch/*/…/syscall.tbl).
NEWER = {
    "cachestat": 451,  # 6.5
    "fchmodat2": 452,  # 6.6
    "map_shadow_stack": 453,  # 6.6
    "futex_wake": 454,  # 6.7
    "futex_wait": 455,  # 6.7
    "futex_requeue": 456,  # 6.7
    "statmount": 457,  # 6.8
    "listmount": 458,  # 6.8
    "lsm_get_self_attr": 459,  # 6.8
    "lsm_set_self_attr": 460,  # 6.8
    "lsm_list_modules": 461,  # 6.8
    "mseal": 462,  # 6.10
    "setxattrat": 463,  # 6.13
    "getxattrat": 464,  # 6.13
    "listxattrat": 465,  # 6.13
    "removexattrat": 466,  # 6.13
    "open_tree_attr": 467,  # 6.15
    "file_getattr": 468,  # 6.17
    "file_setattr": 469,  # 6.17
    "listns": 470,  # 6.19
    "rseq_slice_yield": 471,  # 7.0
}
# Newer calls of x86_64 alone, which x32 shares (arch/x86/entry/syscalls/syscall_64.tbl).
NEWER_X86_64 = {
    "uretprobe": 335,  # 6.11
    "uprobe": 336,  # 6.18
}
# Newer calls of single architectures (arch/*/kernel/Makefile.syscalls, arch/*/…/syscall.tbl).
NEWER_RISCV64 = {"riscv_hwprobe": 258}  # 6.4
NEWER_LOONGARCH64 = {"newfstatat": 79, "fstat": 80}  # 6.11
NEWER_PARISC = {"cacheflush": 356}  # 6.5
NEWER_S390 = {"memfd_secret": 447}  # 6.18
NEWER_SH = {"sync_file_range2": 388}  # 6.11

# name of the table: (include folder, header, preprocessor options, further calls)
GENERIC = ["-U__x86_64__", "-D__riscv", "-D__riscv_xlen=64", "-D__LP64__"]
TABLES = {
    "x86_64": ("/usr/include/x86_64-linux-gnu", "asm/unistd_64.h", [], NEWER | NEWER_X86_64),
    "x86": ("/usr/include/x86_64-linux-gnu", "asm/unistd_32.h", [], NEWER),
    "x32": ("/usr/include/x86_64-linux-gnu", "asm/unistd_x32.h", ["-D__X32_SYSCALL_BIT=0"], NEWER | NEWER_X86_64),
    "aarch64": ("/usr/aarch64-linux-gnu/include", "asm/unistd.h", ["-U__x86_64__", "-D__aarch64__"], NEWER),
    "arm": ("/usr/arm-linux-gnueabihf/include", "asm/unistd.h", ["-U__x86_64__", "-D__arm__", "-D__ARM_EABI__"], NEWER),
    "mips": ("/usr/mipsel-linux-gnu/include", "asm/unistd_o32.h", ["-D__NR_Linux=0"], NEWER),
    "mips64": ("/usr/mips64el-linux-gnuabi64/include", "asm/unistd_n64.h", ["-D__NR_Linux=0"], NEWER),
    "mips64n32": ("/usr/mips64el-linux-gnuabin32/include", "asm/unistd_n32.h", ["-D__NR_Linux=0"], NEWER),
    "ppc": ("/usr/powerpc-linux-gnu/include", "asm/unistd_32.h", [], NEWER),
    "ppc64": ("/usr/powerpc64le-linux-gnu/include", "asm/unistd_64.h", [], NEWER),
    "riscv64": ("/usr/riscv64-linux-gnu/include", "asm/unistd.h", GENERIC, NEWER | NEWER_RISCV64),
    "loongarch64": (
        "/usr/riscv64-linux-gnu/include", "asm-generic/unistd.h", [*GENERIC, "-D__ARCH_WANT_SYS_CLONE3"],
        NEWER | NEWER_LOONGARCH64),
    "s390": ("/usr/s390x-linux-gnu/include", "asm/unistd_32.h", [], NEWER | NEWER_S390),
    "s390x": ("/usr/s390x-linux-gnu/include", "asm/unistd_64.h", [], NEWER | NEWER_S390),
    "parisc": ("/usr/hppa-linux-gnu/include", "asm/unistd_32.h", ["-D__NR_Linux=0"], NEWER | NEWER_PARISC),
    "parisc64": ("/usr/hppa-linux-gnu/include", "asm/unistd_64.h", ["-D__NR_Linux=0"], NEWER | NEWER_PARISC),
    "m68k": ("/usr/m68k-linux-gnu/include", "asm/unistd_32.h", [], NEWER),
    "sh": ("/usr/sh4-linux-gnu/include", "asm/unistd_32.h", [], NEWER | NEWER_SH),
}
# Bookkeeping of the headers, not calls.
NO_CALLS = {
    *("syscalls", "arch_specific_syscall", "BASE", "SYSCALL_BASE", "OABI_SYSCALL_BASE", "SYSCALL_MASK"),
    *("Linux", "Linux_syscalls", "O32_Linux", "O32_Linux_syscalls", "64_Linux", "64_Linux_syscalls"),
    *("N32_Linux", "N32_Linux_syscalls"),
}


def preprocess(folder, source, options):
    command = ["cc", "-E", "-nostdinc", "-x", "c", *options, "-I", folder, "-I", "/usr/include", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def macros(folder, header, options=()):
    """The names of the macros that a header leads to."""
    if not (pathlib.Path(folder) / header).exists():
        sys.exit(f"{folder}/{header} is missing; see the packages in the head of {pathlib.Path(__file__).name}")
    text = preprocess(folder, f"#include <{header}>\n", [*options, "-dM"])
    return re.findall(r"^#define (\w+)", text, re.MULTILINE)


def values(folder, header, names, options=()):
    """What these macros stand for, as numbers; one that stands for none is left out."""
    source = f"#include <{header}>\n" + "".join(f"@ {index} {name}\n" for index, name in enumerate(names))
    found = {}
    for index, text in re.findall(r"^@ (\d+) (.*)$", preprocess(folder, source, options), re.MULTILINE):
        if re.fullmatch(r"[0-9a-fA-FxX+() ]+", text):
            found[names[int(index)]] = eval(text, {"__builtins__": {}})  # a sum of numbers, as just checked
    return found


def call_macros(folder, header, options=()):
    """The macros of calls, by the names of the calls."""
    result = {}
    for macro in macros(folder, header, options):
        match = re.fullmatch(r"__(?:ARM_)?NR_(\w+)", macro)
        if match and match.group(1) not in NO_CALLS and not re.fullmatch(r"(reserved|unused)\d+", match.group(1)):
            result[match.group(1)] = macro
    return result


def calls(folder, header, options=()):
    """The numbers of calls, by the names of the calls."""
    found = call_macros(folder, header, options)
    numbers = values(folder, header, list(found.values()), options)
    return {name: numbers[macro] for name, macro in found.items() if macro in numbers}


def multiplexed(names):
    """The calls behind socketcall(2) (linux/net.h) and ipc(2) (linux/ipc.h), as one byte per name."""
    folder, options = "/usr/include", ["-I/usr/include/x86_64-linux-gnu"]
    socket_macros = [macro for macro in macros(folder, "linux/net.h", options) if macro.startswith("SYS_")]
    socket = values(folder, "linux/net.h", socket_macros, options)
    socket = {macro.removeprefix("SYS_").lower(): number for macro, number in socket.items()}
    ipc_macros = [m for m in macros(folder, "linux/ipc.h", options) if re.fullmatch(r"(SEM|MSG|SHM)[A-Z]+", m)]
    ipc = values(folder, "linux/ipc.h", ipc_macros, options)
    ipc = {macro.lower(): number for macro, number in ipc.items()}
    assert len(socket) == 20 and len(ipc) == 12, (socket, ipc)
    return [socket.get(name, 0x80 | ipc[name] if name in ipc else 0) for name in names]


def header(what):
    return (
        f"// {what}\n"
        "// Generated by scripts/generate-syscall-tables.py from the kernel's headers; do not edit.\n"
        "// swift-format-ignore-file\n\n"
    )


def numbers_file(table, names, numbers):
    # ARM's private calls start at 0xf0000 (__ARM_NR_BASE of asm/unistd.h).
    bits, absent = (32, "0xffff_ffff") if max(numbers.values()) >= 0xFFFF else (16, "0xffff")
    lines = [header(f"Numbers of the system calls of {table}, in the order of SystemCallNames; {absent} where it has none.")]
    lines.append("extension SystemCallNumbers {\n")
    lines.append(f"  static let {table}: InlineArray<{len(names)}, UInt{bits}> = [\n")
    for name in names:
        lines.append(f"    {numbers.get(name, absent)},  // {name}\n")
    lines.append("  ]\n}\n")
    return "".join(lines)


def names_file(names):
    lines = [header("Names of the system calls of every architecture, sorted by their bytes.")]
    lines.append("extension SystemCallNames {\n")
    lines.append("  /// How many there are.\n")
    lines.append(f"  static var count: Int {{ {len(names)} }}\n\n")
    lines.append("  /// The names, each ended by a line feed.\n")
    lines.append('  static let text: String = """\n')
    lines += [f"    {name}\n" for name in names]
    lines.append('\n    """\n\n')
    lines.append("  /// Where in the text each name starts, and where the last one ends.\n")
    lines.append(f"  static let starts: InlineArray<{len(names) + 1}, UInt16> = [\n")
    start = 0
    for name in names:
        lines.append(f"    {start},  // {name}\n")
        start += len(name) + 1
    lines.append(f"    {start},\n  ]\n}}\n")
    return "".join(lines)


def multiplexed_file(names):
    lines = [header("Calls that are also operations of socketcall(2) and ipc(2), in the order of SystemCallNames.")]
    lines.append("extension SystemCallNumbers {\n")
    lines.append("  /// 0: none; 1…20: the call of socketcall(2); 0x80 | n: the call n of ipc(2).\n")
    lines.append(f"  static let multiplexed: InlineArray<{len(names)}, UInt8> = [\n")
    for name, code in zip(names, multiplexed(names)):
        lines.append(f"    {code},  // {name}\n")
    lines.append("  ]\n}\n")
    return "".join(lines)


def main():
    tables = {}
    for table, (folder, file, options, newer) in TABLES.items():
        numbers = calls(folder, file, options)
        for name, number in newer.items():
            assert numbers.get(name, number) == number, (table, name)
            numbers[name] = number
        tables[table] = numbers
    names = set()
    for numbers in tables.values():
        names |= numbers.keys()
    names = sorted(names)
    files = {"Syscalls+names.swift": names_file(names)}
    for table, numbers in tables.items():
        files[f"Syscalls+{table}.swift"] = numbers_file(table, names, numbers)
    files["Syscalls+multiplexed.swift"] = multiplexed_file(names)

    different = 0
    for file, text in files.items():
        path = OUTPUT / file
        if path.exists() and path.read_text() == text:
            continue
        different += 1
        if "--check" in sys.argv[1:]:
            print(f"{path.relative_to(ROOT)} is not up to date")
        else:
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")
    if "--check" in sys.argv[1:] and different:
        sys.exit(1)


main()
