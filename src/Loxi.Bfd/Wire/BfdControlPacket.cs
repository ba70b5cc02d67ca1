namespace Loxi.Bfd.Wire;

/// <summary>The fields of a control packet's mandatory section (RFC 5880 4.1), without the version, which is 1. Intervals are in microseconds.</summary>
public readonly record struct BfdControlPacket
{
    /// <summary>Diag: why the sender last changed its state; 5 bits.</summary>
    public BfdDiagnostic Diagnostic { get; init; }

    /// <summary>Sta: state of the sender.</summary>
    public BfdState State { get; init; }

    /// <summary>P: the sender waits for a Final.</summary>
    public bool Poll { get; init; }

    /// <summary>F: answer to a Poll.</summary>
    public bool Final { get; init; }

    /// <summary>C: the sender's BFD does not share the fate of its control plane.</summary>
    public bool ControlPlaneIndependent { get; init; }

    /// <summary>A: an authentication section follows.</summary>
    public bool AuthenticationPresent { get; init; }

    /// <summary>D: the sender asks for demand mode.</summary>
    public bool Demand { get; init; }

    /// <summary>M: reserved, zero.</summary>
    public bool Multipoint { get; init; }

    /// <summary>Detect Mult: 1 to 255.</summary>
    public byte DetectMult { get; init; }

    /// <summary>Length of the packet with its authentication section in bytes: 24 to 52.</summary>
    public byte Length { get; init; }

    /// <summary>My Discriminator: the sender's, not zero.</summary>
    public uint MyDiscriminator { get; init; }

    /// <summary>Your Discriminator: the receiver's, or zero when the sender does not know it.</summary>
    public uint YourDiscriminator { get; init; }

    /// <summary>Desired Min TX Interval in microseconds.</summary>
    public uint DesiredMinTxInterval { get; init; }

    /// <summary>Required Min RX Interval in microseconds; zero asks for no periodic packets.</summary>
    public uint RequiredMinRxInterval { get; init; }

    /// <summary>Required Min Echo RX Interval in microseconds; zero when the sender returns no echo packets.</summary>
    public uint RequiredMinEchoRxInterval { get; init; }
}
