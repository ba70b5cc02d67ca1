using Loxi.Ebpf.Native.Programs;

namespace Loxi.Benchmarks.Packets;

/// <summary>Something with a flow table whose programs are measured.</summary>
internal interface IDataPlane : IDisposable
{
    string Name { get; }

    uint Verdict { get; }

    /// <summary>Inserts both directions of a new flow.</summary>
    BpfProgram Connect { get; }

    /// <summary>Programs for packets of established flows, with the names of their rows.</summary>
    IReadOnlyList<MeasuredProgram> Established { get; }

    /// <summary>Puts flows of a service into the table, as they are when both sides have spoken.</summary>
    void Fill(PacketGenerator generator, BalancedService service, uint flows);

    /// <summary>Empties the flow table of an address family.</summary>
    void Clear(int family);
}
