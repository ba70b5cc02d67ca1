using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <summary>One machine: its process with the core, its kernel, its disk and its clocks.</summary>
internal sealed class SimNode(int index)
{
    public int Index => index;

    public char Name => (char)('A' + index);

    /// <summary>The process; <see langword="null"/> when none runs.</summary>
    public RoleCore? Core { get; set; }

    /// <summary>The run of the process, and of the machine: what an earlier run began is not for this one.</summary>
    public int Epoch { get; set; }

    public int MachineEpoch { get; set; }

    public int Pauses { get; set; }

    public bool Runs => Core is not null && Pauses == 0;

    // Clocks.
    public long BootAt { get; set; }

    public long BootTime { get; set; }

    public int Drift { get; set; }

    public long WallOffset { get; set; }

    // The disk.
    public ulong Incarnation { get; set; }

    public ulong Ceiling { get; set; }

    public ulong Term { get; set; }

    public bool Pinned { get; set; }

    public int DiskFails { get; set; }

    public int DiskStalls { get; set; }

    // The kernel.
    public bool Vips { get; set; }

    /// <summary>Until when the gate for answers is open, in time of the run.</summary>
    public long GateUntil { get; set; }

    public TimeSpan PinnedUntil { get; set; }

    public ulong PinnedTerm { get; set; }

    // The process beside its core.
    public ulong Sequence { get; set; }

    public bool HelloDue { get; set; }

    public long HelloAt { get; set; }

    public long TickAt { get; set; }

    public ulong TickNumber { get; set; }

    public int Slow { get; set; }

    public int Unready { get; set; }

    public int WitnessCut { get; set; }

    /// <summary>How often it gave the lease back.</summary>
    public int Lease { get; set; }

    public List<(int Id, bool CanForward)> Tracked { get; } = [];

    /// <summary>What came while it stood still.</summary>
    public List<(Hello Hello, int Path, TimeSpan At)> Inbox { get; } = [];

    public List<SimEvent> Waiting { get; } = [];

    public ulong[] HeardIncarnation { get; set; } = [];

    public ulong[] HeardSequence { get; set; } = [];

    // What the checks remember.
    public ulong LastTerm { get; set; }

    public bool NotDurable { get; set; }

    public ulong NotDurableTerm { get; set; }

    public bool ProbeAnswered { get; set; }

    public TimeSpan OpenedUntil { get; set; }

    public SimRandom Random;

    /// <summary>The monotonic clock at a time of the run.</summary>
    public TimeSpan Clock(long at)
    {
        var passed = at - BootAt;
        return TimeSpan.FromTicks(BootTime + passed + (passed * Drift / 1_000_000));
    }

    /// <summary>The first time of the run at which the clock shows a time.</summary>
    public long AtClock(TimeSpan clock)
    {
        var passed = clock.Ticks - BootTime;
        var at = BootAt + passed - (passed * Drift / 1_000_000);
        at += (clock - Clock(at)).Ticks;
        return Clock(at) < clock ? at + 1 : at;
    }

    public bool Announces(long at) => Vips && GateUntil > at;
}
