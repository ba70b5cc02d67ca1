namespace Loxi.Sim;

/// <summary>What is done to a cluster. Most have a length, after which they end.</summary>
internal enum FaultKind : byte
{
    /// <summary>The machine dies: gates and pins are gone, its clock starts anew. Starts again after the length.</summary>
    Crash,

    /// <summary>The process dies, gates stay until their deadline. Starts again after the length.</summary>
    Kill,

    /// <summary>SIGTERM; the process starts again after the length.</summary>
    Stop,

    /// <summary>SIGSTOP and, after the length, SIGCONT.</summary>
    Pause,

    /// <summary>The node's thread is late by up to <see cref="Fault.Value"/> ms.</summary>
    Slow,

    /// <summary>One direction from node to peer on the paths of the mask <see cref="Fault.Value"/>.</summary>
    CutOneWay,

    /// <summary>Both directions between two nodes on the paths of the mask.</summary>
    Cut,

    /// <summary>The node sends to nobody (mask of paths).</summary>
    Mute,

    /// <summary>The node hears nobody (mask of paths).</summary>
    Deaf,

    /// <summary>The node is cut off from all others (mask of paths).</summary>
    Isolate,

    /// <summary>Every message of every link is lost in <see cref="Fault.Value"/> of 1000 cases.</summary>
    Loss,

    /// <summary>Messages take up to <see cref="Fault.Value"/> ms longer, and overtake each other.</summary>
    Delay,

    /// <summary>Writes fail.</summary>
    DiskFails,

    /// <summary>Writes wait.</summary>
    DiskStalls,

    /// <summary>A tracked link or gateway is down (R13); value 1: the node can still forward.</summary>
    Tracked,

    /// <summary>The services of the node are being loaded again.</summary>
    Unready,

    /// <summary>Whoever serves is asked to hand the role to the node (R8).</summary>
    Switchover,

    /// <summary>MASTER is posted to the node.</summary>
    PostMaster,

    /// <summary>BACKUP is posted: a pin, ended after the length.</summary>
    Pin,

    /// <summary>The wall clock of the node is set by <see cref="Fault.Value"/> seconds.</summary>
    WallStep,

    /// <summary>BFD of the node says Down of a path to the peer although nothing is wrong (R12).</summary>
    BfdLies,

    /// <summary>A host outside the cluster answers for a VIP.</summary>
    ThirdHost,

    /// <summary>The node does not reach the witness (R10).</summary>
    WitnessCut,
}

/// <summary>One line of a fault script. Times in ticks of 100 ns.</summary>
internal readonly record struct Fault(long At, FaultKind Kind, int Node, int Peer, int Value, long Length)
{
    public override string ToString()
    {
        var who = (char)('A' + Node);
        var other = (char)('A' + Peer);
        var what = Kind switch
        {
            FaultKind.CutOneWay => $"{who}>{other} cut, paths {Value:b}",
            FaultKind.Cut => $"{who}-{other} cut, paths {Value:b}",
            FaultKind.Mute or FaultKind.Deaf or FaultKind.Isolate => $"{who} {Kind}, paths {Value:b}",
            FaultKind.Loss => $"Loss {Value / 10.0:0.#} %",
            FaultKind.Delay => $"Delay to {Value} ms",
            FaultKind.Slow => $"{who} Slow to {Value} ms",
            FaultKind.WallStep => $"{who} WallStep {Value:+0;-0} s",
            FaultKind.BfdLies => $"{who} BfdLies of {other}, path {Value}",
            FaultKind.Tracked => $"{who} Tracked{(Value == 1 ? ", forwards" : "")}",
            FaultKind.ThirdHost => "ThirdHost",
            _ => $"{who} {Kind}",
        };
        return $"{Time(At)}  {what}{(Length > 0 ? $" for {Time(Length).Trim()} s" : "")}";
    }

    public static string Time(long ticks) => (ticks / (double)TimeSpan.TicksPerSecond).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture).PadLeft(7);
}
