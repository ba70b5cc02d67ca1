using Loxi.Ha.Transport.Wire;
using Loxi.Linux;

namespace Loxi.Ha.Transport.Engine;

/// <summary>One path to a peer on the engine's thread.</summary>
internal sealed class HelloPath(HelloPeer peer, RolePath settings, int slot)
{
    private const int Remembered = 64;

    // Of the last HELLOs that were sent on the path: number and time.
    private readonly (ulong Sequence, long Time)[] _sent = new (ulong, long)[Remembered];
    private readonly long[] _discards = new long[Enum.GetValues<HelloDiscardReason>().Length];

    public HelloPeer Peer { get; } = peer;

    public RolePath Settings { get; } = settings;

    /// <summary>The number of the path for role cores: kept while the path is there.</summary>
    public int Slot { get; } = slot;

    public InternetAddress Address { get; } = InternetAddress.FromIPAddress(settings.PeerAddress);

    public InternetAddress Local { get; } = settings.LocalAddress is null ? default : InternetAddress.FromIPAddress(settings.LocalAddress);

    /// <summary>The interface; 0 for any, -1 when the named one is not there.</summary>
    public int InterfaceIndex { get; set; }

    public ulong LastSequence { get; set; }

    public ulong LastParts { get; set; }

    /// <summary>When the last HELLO arrived; <see langword="null"/> for never.</summary>
    public TimeSpan? LastHeard { get; set; }

    /// <summary>The last measured time to the peer and back; <see langword="null"/> while there is none.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    public bool AnswerDue { get; set; }

    public long NextAnswer { get; set; }

    public long Received { get; set; }

    public long Sent { get; set; }

    public long SendErrors { get; set; }

    public int SendError { get; set; }

    public long NextLook { get; set; }

    public ReadOnlySpan<long> Discards => _discards;

    public void ForgetSequence() => (LastSequence, LastParts) = (0, 0);

    public void CountDiscard(HelloDiscardReason reason) => _discards[(int)reason]++;

    public void NoteSent(ulong sequence, long now)
    {
        Sent++;
        ref var slot = ref _sent[sequence % Remembered];
        if (slot.Sequence != sequence)
        {
            slot = (sequence, now);
        }
    }

    /// <summary>Measures the round trip by what the peer says of the last HELLO that it heard.</summary>
    public void Measure(in HelloHeader header, long arrival)
    {
        var (sequence, time) = _sent[header.EchoSequence % Remembered];
        if (header.EchoSequence == 0 || sequence != header.EchoSequence)
        {
            return;
        }

        var trip = arrival - time - (header.EchoDelay * 1000L);
        if (trip >= 0)
        {
            RoundTrip = TimeSpan.FromTicks(trip / TimeSpan.NanosecondsPerTick);
        }
    }
}
