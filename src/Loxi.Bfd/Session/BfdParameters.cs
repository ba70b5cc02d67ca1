namespace Loxi.Bfd.Session;

/// <summary>The numbers of a session's settings as the protocol has them: microseconds in 32 bits.</summary>
internal readonly record struct BfdParameters
{
    /// <summary>Longest transmit interval that is allowed while not Up is at least this (RFC 5880 6.8.3); also the control packets' pace beside echo packets.</summary>
    public const uint Slow = 1_000_000;

    public BfdParameters(BfdSessionSettings settings)
    {
        DesiredMinTx = Microseconds(settings.DesiredMinTxInterval);
        RequiredMinRx = Microseconds(settings.RequiredMinRxInterval);
        RequiredMinEchoRx = Microseconds(settings.RequiredMinEchoRxInterval);
        DesiredMinEchoTx = Microseconds(settings.DesiredMinEchoTxInterval);
        DemandPoll = Microseconds(settings.DemandPollInterval);
        DetectMult = (byte)settings.DetectMult;
        MinimumTtl = MinimumTtlOf(settings);
    }

    public uint DesiredMinTx { get; }

    public uint RequiredMinRx { get; }

    public uint RequiredMinEchoRx { get; }

    public uint DesiredMinEchoTx { get; }

    public uint DemandPoll { get; }

    public byte DetectMult { get; }

    public int MinimumTtl { get; }

    public static int MinimumTtlOf(BfdSessionSettings settings) => settings.MinimumTtl ?? (settings.Kind == BfdSessionKind.Multihop ? 1 : 255);

    private static uint Microseconds(TimeSpan interval) => (uint)(interval.Ticks / TimeSpan.TicksPerMicrosecond);
}
