using Loxi.Ebpf.Native.Programs;

namespace Loxi.Benchmarks.Packets;

/// <summary>A program for packets of established flows.</summary>
/// <param name="Name">First part of its row's name.</param>
/// <param name="Program">The program.</param>
/// <param name="Verdict">What it returns.</param>
/// <param name="Across">On XDP: the packets seem to come from another interface than the one that they leave by.</param>
/// <param name="Translates">Whether the packet leaves as a balancer's does.</param>
internal sealed record MeasuredProgram(string Name, BpfProgram Program, uint Verdict, bool Across = false, bool Translates = true);
