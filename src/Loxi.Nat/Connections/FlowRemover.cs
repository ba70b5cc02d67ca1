using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>Takes connections out by the program of bpf/loxi_remove_call.h: packets and imports see both directions of one, or none.</summary>
internal sealed class FlowRemover(BpfProgram program)
{
    /// <summary>Imports and removals take turns: the programs share their memory, and half of what an import is making is not to be taken for a rest.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Removes whatever connection has an entry under the key, of either direction.</summary>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused to run the program.</exception>
    public RawRemovalResult Remove<TKey>(in TKey key)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var call = new RawRemoval { Family = TKey.IsIPv4 ? 4u : 6u, Now = FlowClock.Now };
        MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key)).CopyTo(call.Key);
        lock (Gate)
        {
            program.RunSyscall(ref call);
        }

        return (RawRemovalResult)call.Result;
    }
}
