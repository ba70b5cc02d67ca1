using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bfd;

/// <summary>One program with BIRD as its peer, for those that run beside each other.</summary>
internal sealed class RunningPair : IAsyncDisposable
{
    private const int RealTimePriority = 10;
    private readonly BfdPair _pair;
    private readonly WireWatch _watch;
    private readonly IDaemon _program;

    private RunningPair(string name, BfdSetting setting, bool isRealTime)
    {
        Setting = setting;
        IsRealTime = isRealTime;
        _pair = new BfdPair(setting.Sessions);
        _watch = new WireWatch(_pair.A);
        _program = name == "loxi" ? new LoxiProgram(_pair.A, setting, priority: isRealTime ? RealTimePriority : 0) : BfdBench.Make(name, _pair, setting);
    }

    internal string Name => _program.Name;

    internal BfdSetting Setting { get; }

    /// <summary>Whether both sides are in the real-time class SCHED_FIFO.</summary>
    internal bool IsRealTime { get; }

    internal int Downs => _watch.Downs;

    internal LabHost Host => _pair.A;

    /// <summary>Starts both sides; ends when their sessions are up.</summary>
    internal static async Task<RunningPair> StartAsync(string name, BfdSetting setting, bool isRealTime = false)
    {
        RunningPair running = new(name, setting, isRealTime);
        BirdProgram peer = new(running._pair.B, setting, BfdPair.Peer, BfdPair.Own);
        await peer.StartAsync();
        await running._program.StartAsync();
        if (isRealTime)
        {
            // Loxi does it by itself, for the one thread that needs it.
            foreach (var pid in peer.Pids.Concat(name == "loxi" ? [] : running._program.Pids))
            {
                Shell.Run("chrt", "--all-tasks", "--fifo", "--pid", RealTimePriority.ToString(CultureInfo.InvariantCulture), pid.ToString(CultureInfo.InvariantCulture));
            }
        }

        await BfdBench.UntilAsync(() => running._watch.UpCount == setting.Sessions, $"{name}: {setting} up");
        return running;
    }

    /// <summary>The daemons go with the lab.</summary>
    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _pair.DisposeAsync();
    }
}
