using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <summary>A session with what the engine needs for it. Made by whoever applies settings; from then on the engine's alone.</summary>
internal sealed class EngineSession(BfdSessionSettings settings, int interfaceIndex, ReceivePort? port, TransmitSocket transmit) : IDisposable
{
    private BfdSession? _session;

    /// <summary>The settings that it was made with; the ones in force are the session's.</summary>
    public BfdSessionSettings FirstSettings { get; } = settings;

    public BfdSessionKey Key { get; } = BfdSessionKey.Of(settings);

    /// <summary>The link that it is bound to, 0 for any. Changes on the engine's thread, for whoever holds the right to apply.</summary>
    public int InterfaceIndex { get; private set; } = interfaceIndex;

    /// <summary>Where its control packets come to; null for an unaffiliated echo session, which has none.</summary>
    public ReceivePort? Port { get; } = port;

    /// <summary>The way of its echo packets; null while it is not known.</summary>
    public EchoPath? EchoPath { get; set; }

    /// <summary>The link of <see cref="EchoPath"/>.</summary>
    public EchoLink? EchoLink { get; set; }

    public TransmitSocket Transmit { get; private set; } = transmit;

    /// <summary>The state machine, from <see cref="Begin"/> on.</summary>
    public BfdSession Session => _session ?? throw new InvalidOperationException("The session has not begun.");

    /// <summary>When the next tick is due, as the heap has it.</summary>
    public long Deadline { get; set; }

    /// <summary>Where it is in the heap; -1 when it is not.</summary>
    public int HeapIndex { get; set; } = -1;

    /// <summary>Whether it is no longer wanted, and only tells its peer so.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>When it has told its peer for long enough; <see cref="long.MaxValue"/> once that is known.</summary>
    public long LeavesAt { get; set; } = long.MaxValue;

    /// <summary>Changes of state that were told.</summary>
    public long ToldTransitions { get; set; }

    /// <summary>Packets that could not be sent. Written by the engine, read by any thread.</summary>
    public long SendErrors { get; set; }

    /// <summary>Why the last one could not be sent; 0 while sending works.</summary>
    public int SendError { get; set; }

    /// <summary>Moves to another link.</summary>
    /// <returns>The socket that it no longer uses.</returns>
    public TransmitSocket Move(int interfaceIndex, TransmitSocket transmit)
    {
        var before = Transmit;
        (InterfaceIndex, Transmit) = (interfaceIndex, transmit);
        return before;
    }

    public void Begin(BfdSession session) => _session = session;

    public void Dispose() => Transmit.Dispose();
}
