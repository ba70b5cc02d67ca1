using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Session;

// RFC 5880 6.8.5, 6.8.8, 6.8.9, RFC 5881 4: echo packets. An unaffiliated echo session uses the monitor with control packets (RFC 9747).
public sealed partial class BfdSession
{
    private const int BurstOfReturns = 4;

    private EchoMonitor _echoMonitor = new();
    private RateLimit _returns = new(BurstOfReturns);
    private EchoCookies? _cookies;
    private long _echoFrom;
    private long _lastEcho = long.MinValue;
    private double _echoJitter;

    /// <summary>Whether echo packets are sent: we want to, the peer returns them, and the session is Up.</summary>
    public bool EchoActive { get; private set; }

    // RFC 5881 4: they go to our own address by way of the peer, which the transport must know.
    private bool _echoPossible = true;

    private long EchoExpiresAt => _echoMonitor.FailsAt;

    /// <summary>6.8.9: not more often than the peer allows.</summary>
    private long EchoNanoseconds => Math.Max(_parameters.DesiredMinEchoTx, RemoteMinEchoRxInterval) * NanosecondsPerMicrosecond;

    private long NextEchoAt
    {
        get
        {
            if (!EchoActive)
            {
                return long.MaxValue;
            }

            var interval = EchoNanoseconds;
            return _lastEcho == long.MinValue ? _echoFrom : _lastEcho + interval - (long)(interval * _echoJitter);
        }
    }

    /// <summary>The transport knows, or no longer, how to send echo packets. Until it does they are not sent; a new session takes it that it does.</summary>
    /// <param name="possible">Whether it does.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep SetEchoPossible(bool possible, long now, Span<byte> transmit)
    {
        Begin(transmit);
        _echoPossible = possible;
        return End(now, transmit);
    }

    internal BfdStep ReceiveEcho(in BfdEchoPacket packet, long arrival, long now, Span<byte> transmit)
    {
        Begin(transmit);
        if (_cookies is null || !_cookies.TryTake(packet.SequenceNumber, packet.Cookie))
        {
            return Discard(BfdDiscardReason.EchoForged);
        }

        ReceivedEchoPackets++;
        if (Math.Min(arrival, now) > EchoExpiresAt)
        {
            ExpireEcho(now);
        }

        _echoMonitor.Clear();
        return End(now, transmit);
    }

    /// <summary>A peer's echo packet, for us to return. One that was forwarded on its way is nobody's.</summary>
    internal BfdStep ReturnEcho(int ttl, long now)
    {
        if (ttl != 255)
        {
            return Discard(BfdDiscardReason.Ttl);
        }

        if (!IsUp || _parameters.RequiredMinEchoRx == 0)
        {
            return Discard(BfdDiscardReason.EchoUnknown);
        }

        // 6.8.9: a quarter of jitter, and single packets in between, are allowed.
        if (!_returns.TryTake(now, _parameters.RequiredMinEchoRx * NanosecondsPerMicrosecond * 3 / 4))
        {
            return Discard(BfdDiscardReason.EchoRate);
        }

        ReturnedEchoPackets++;
        return new BfdStep { Transmission = BfdTransmission.EchoReturn, Deadline = Deadline };
    }

    private void UpdateEcho(long now)
    {
        // 6.8.9: only while Up, and only what the peer's last packet allows.
        var active = IsUp && !IsUnaffiliated && _echoPossible && _parameters.DesiredMinEchoTx != 0 && RemoteMinEchoRxInterval != 0;
        if (active == EchoActive)
        {
            return;
        }

        EchoActive = active;
        _raised |= BfdNotifications.EchoChanged;
        _echoMonitor.Clear();
        _cookies ??= new EchoCookies();
        _cookies.Clear();
        _lastEcho = long.MinValue;
        _echoFrom = now;
    }

    private int WriteEcho(long now, Span<byte> transmit)
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        _random.NextBytes(random);
        var cookie = BitConverter.ToUInt64(random) | 1; // zero is no cookie
        new BfdEchoPacket { Discriminator = LocalDiscriminator, SequenceNumber = _cookies!.Add(cookie), Cookie = cookie }.Write(transmit);
        _lastEcho = now;
        _echoJitter = NextJitter();
        _echoMonitor.Sent(now, _parameters.DetectMult, EchoNanoseconds);
        TransmittedEchoPackets++;
        return BfdEchoPacket.Length;
    }
}
