using Loxi.Bfd;
using Loxi.Bfd.Wire;
using Loxi.TestKit.Capture;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>A control packet on the wire.</summary>
internal sealed record SeenPacket(CapturedPacket Frame, BfdControlPacket Control)
{
    /// <summary>Whether our side sent it.</summary>
    public bool IsOurs => Frame.Outgoing;

    public DateTimeOffset Time => Frame.Time;

    /// <summary>Key of an authenticated packet.</summary>
    public int? KeyId => Control.AuthenticationPresent && BfdAuthenticationSection.Read(Frame.Payload.Span[..Control.Length], out var section) == BfdDiscardReason.None ? section.KeyId : null;

    public static SeenPacket Of(CapturedPacket frame) => BfdControlCodec.Read(frame.Payload.Span, out var control) == BfdDiscardReason.None
        ? new SeenPacket(frame, control)
        : throw new InvalidDataException($"no control packet: {frame}");

    public override string ToString() => $"{Time:HH:mm:ss.fff} {(IsOurs ? "ours  " : "theirs")} {Control}";
}
