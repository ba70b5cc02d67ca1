using Loxi.TestKit.Packets;

namespace Loxi.TestKit.Capture;

/// <summary>A frame that passed an interface of the lab.</summary>
public sealed class CapturedPacket : ParsedPacket
{
    internal CapturedPacket(ReadOnlyMemory<byte> bytes, string device, bool outgoing, bool checksumPartial, DateTimeOffset time, TimeSpan moment)
        : base(bytes)
    {
        Device = device;
        Outgoing = outgoing;
        ChecksumPartial = checksumPartial;
        Time = time;
        Moment = moment;
        if (checksumPartial)
        {
            TransportChecksumValid = null;
        }
    }

    public string Device { get; }

    /// <summary>Whether the host sent it; else it received it.</summary>
    public bool Outgoing { get; }

    /// <summary>The checksum was left to a device (CHECKSUM_PARTIAL), the field holds a partial sum.</summary>
    public bool ChecksumPartial { get; }

    /// <summary>When the capture read it.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>When the kernel saw it, by <see cref="Availability.LabClock"/>.</summary>
    public TimeSpan Moment { get; }

    public override string ToString() => $"{Time:HH:mm:ss.fff} {Device} {(Outgoing ? "out" : "in ")} {base.ToString()}";
}
