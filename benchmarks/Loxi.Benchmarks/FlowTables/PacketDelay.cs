using System.Diagnostics;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Packets;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Benchmarks.FlowTables;

/// <summary>
/// Packets one at a time, on a CPU of their own, of open connections and new ones in turn, while something else goes on: how long the longest
/// takes. In CPU time, which is what a packet waits for when a lock is held: that another process has the CPU is no delay of a packet in
/// the kernel. The time on the wall is for information.
/// </summary>
internal sealed class PacketDelay(PacketGenerator generator, BpfProgram program, int cpu, uint flows)
{
    private uint _next;

    /// <summary>In microseconds.</summary>
    internal (double Cpu, double Wall) Beside(Action work)
    {
        long longestCpu = 0, longestWall = 0;
        Exception? failure = null;
        using ManualResetEventSlim ready = new();
        var done = false;
        Thread thread = new(() =>
        {
            try
            {
                Libc.Pin(cpu);
                Send();
                ready.Set();
                while (!Volatile.Read(ref done))
                {
                    var (spent, passed) = Send();
                    longestCpu = Math.Max(longestCpu, spent);
                    longestWall = Math.Max(longestWall, passed);
                }
            }
            catch (Exception e)
            {
                failure = e;
                ready.Set();
            }
        });
        thread.Start();
        ready.Wait();
        work();
        Volatile.Write(ref done, true);
        thread.Join();
        return failure is null ? (longestCpu / 1e3, longestWall / 1e3) : throw failure;
    }

    /// <summary>One packet of an open connection, and one that begins another.</summary>
    private (long Cpu, long Wall) Send()
    {
        var began = Stopwatch.GetTimestamp();
        var cpuTime = Math.Max(Run(BalancedService.Ipv4.New(_next % flows, FlowSet.Ack)), Run(BalancedService.Ipv4.New(flows + _next, FlowSet.Syn)));
        _next++;
        return ((long)cpuTime, (long)Stopwatch.GetElapsedTime(began).TotalNanoseconds);
    }

    private double Run(FlowSet packet) => generator.Run(program, packet, 1, Verdicts.Back(Hook.Tc));
}
