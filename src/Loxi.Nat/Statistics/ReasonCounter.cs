namespace Loxi.Nat.Statistics;

/// <summary>How often packets met one fate, for one of the reasons of bpf/loxi_shared.h.</summary>
/// <param name="Name">The reason, in lower case with underscores, e.g. <c>refused_no_endpoint</c>.</param>
/// <param name="Packets">Packets since the tables were made.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct ReasonCounter(string Name, ulong Packets, ulong Bytes);
