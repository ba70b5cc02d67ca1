using Loxi.Ha.Transport.Wire;

namespace Loxi.Ha.Transport.Engine;

/// <summary>Another node on the engine's thread, and what of its HELLOs was heard.</summary>
internal sealed class HelloPeer(ushort id)
{
    /// <summary>How far a path may be behind another one, in sequence numbers: what is older is taken for a replay.</summary>
    public const ulong Window = 64;

    public ushort Id { get; } = id;

    public List<HelloPath> Paths { get; set; } = [];

    /// <summary>The run of its process; 0 while nothing was heard.</summary>
    public ulong Incarnation { get; private set; }

    /// <summary>The greatest sequence of the run on any path.</summary>
    public ulong Highest { get; private set; }

    /// <summary>What our former run had heard: not accepted again.</summary>
    public ulong Floor { get; private set; }

    /// <summary>Whether <see cref="Incarnation"/> was learned from an authenticated HELLO. What anybody can have said yields to what was.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>The key of the last HELLO; 0 for none.</summary>
    public ushort KeyId { get; set; }

    /// <summary>By how much its wall clock is before the own one; <see langword="null"/> while it is not told.</summary>
    public TimeSpan? ClockOffset { get; set; }

    public int ProbesLeft { get; set; }

    public long NextProbe { get; set; }

    public long ProbeDistance { get; set; }

    /// <summary>What was last given to be stored.</summary>
    public (ulong Incarnation, ulong Sequence) Stored { get; set; }

    /// <summary>Takes what our former run has stored.</summary>
    public void Restore(ulong incarnation, ulong sequence)
    {
        (Incarnation, Floor, Highest, IsAuthenticated) = (incarnation, sequence, sequence, true);
        Stored = (incarnation, sequence);
    }

    /// <summary>Whether a HELLO is a new one. Changes nothing unless it is.</summary>
    public HelloDiscardReason Accept(in HelloHeader header, HelloPath path)
    {
        var isAuthenticated = header.KeyId != 0;
        var isNewRun = header.Incarnation > Incarnation || (header.Incarnation < Incarnation && isAuthenticated && !IsAuthenticated);
        if (header.Incarnation < Incarnation && !isNewRun)
        {
            return HelloDiscardReason.StaleIncarnation;
        }

        if (!isNewRun && IsAuthenticated && !isAuthenticated)
        {
            // Who has a key goes on using it: anybody could push the sequence beyond what it will ever reach.
            return HelloDiscardReason.NotAuthenticated;
        }

        if (isNewRun || (isAuthenticated && !IsAuthenticated))
        {
            // Nor does what was said before in the same run.
            (Incarnation, Highest, Floor, IsAuthenticated) = (header.Incarnation, 0, 0, isAuthenticated);
            Paths.ForEach(static p => p.ForgetSequence());
        }

        var sequence = header.Sequence;
        var part = 1UL << header.Part;
        if (sequence <= Floor || (Highest > Window && sequence < Highest - Window) || sequence < path.LastSequence || (sequence == path.LastSequence && (path.LastParts & part) != 0))
        {
            return HelloDiscardReason.Replayed;
        }

        path.LastParts = sequence == path.LastSequence ? path.LastParts | part : part;
        path.LastSequence = sequence;
        Highest = Math.Max(Highest, sequence);
        IsAuthenticated |= isAuthenticated;
        return HelloDiscardReason.None;
    }
}
