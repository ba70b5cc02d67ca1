using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Transport.Support;

/// <summary>Messages as octets.</summary>
internal static class Messages
{
    public static byte[] Keepalive { get; } = Written(static buffer => MessageHeader.WriteKeepalive(buffer));

    public static byte[] Open(uint @as, string identifier, ushort holdTime = 90)
    {
        var speaker = new BgpSpeakerSettings(@as, IPAddress.Parse(identifier));
        var peer = new BgpPeerSettings(IPAddress.Loopback, 1) { HoldTime = TimeSpan.FromSeconds(holdTime) };
        return Open(LocalOpen.Create(speaker, peer, false, []));
    }

    public static byte[] Open(OpenMessage open) => Written(buffer => OpenCodec.Write(open, buffer));

    public static byte[] Notification(BgpErrorCode code, byte subcode, params byte[] data)
        => Written(buffer => NotificationCodec.Write(code, subcode, data, buffer));

    public static byte[] Refresh(BgpFamily family) => Written(buffer => RouteRefreshCodec.Write(family, RouteRefreshKind.Request, buffer));

    /// <summary>An UPDATE of the length, at least 23: withdrawn prefixes of one octet fill it.</summary>
    public static byte[] Update(int length = 23)
    {
        var message = new byte[length];
        MessageHeader.Write(MessageType.Update, length, message);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(19), (ushort)(length - 23));
        return message;
    }

    private delegate int Writer(Span<byte> buffer);

    private static byte[] Written(Writer write)
    {
        var buffer = new byte[4096];
        return buffer[..write(buffer)];
    }
}
