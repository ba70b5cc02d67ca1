using System.Buffers.Binary;
using System.Text.Unicode;

namespace Loxi.Bgp.Wire;

/// <summary>NOTIFICATION (RFC 4271 4.5) with the shutdown communication (RFC 9003) and the hard reset (RFC 8538).</summary>
internal static class NotificationCodec
{
    /// <summary>Longest shutdown communication in octets (RFC 9003 2).</summary>
    internal const int LongestText = 255;

    private const int DataStart = MessageHeader.Size + 2;
    private const byte Version = 4;

    internal static NotificationMessage Read(ReadOnlySpan<byte> message)
    {
        var code = (BgpErrorCode)message[MessageHeader.Size];
        var subcode = message[MessageHeader.Size + 1];
        var data = message[DataStart..];
        var hard = code == BgpErrorCode.Cease && subcode == CeaseSubcode.HardReset;
        var malformed = code == BgpErrorCode.None;
        if (hard && data.Length < 2)
        {
            return new NotificationMessage(code, subcode) { HardReset = true, Data = [.. data], IsMalformed = true };
        }

        if (hard)
        {
            code = (BgpErrorCode)data[0];
            subcode = data[1];
            data = data[2..];
            malformed = code == BgpErrorCode.None;
        }

        string? text = null;
        if (code == BgpErrorCode.Cease && HasText(subcode) && data.Length > 0)
        {
            // RFC 9003 4: a wrong length or encoding is logged; what there is may still be shown.
            var claimed = data[0];
            var octets = data[1..];
            malformed |= claimed > octets.Length || !Utf8.IsValid(octets[..Math.Min(claimed, octets.Length)]);
            text = claimed == 0 ? null : PeerText.Clean(octets[..Math.Min(claimed, octets.Length)]);
        }

        return new NotificationMessage(code, subcode) { HardReset = hard, Text = text, Data = [.. data], IsMalformed = malformed };
    }

    /// <returns>Length of the message. Data that would make it longer than 4,096 octets is cut.</returns>
    internal static int Write(BgpErrorCode code, byte subcode, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var room = Math.Min(MessageHeader.PlainMaximum, destination.Length) - DataStart;
        data = data[..Math.Min(data.Length, room)];
        destination[MessageHeader.Size] = (byte)code;
        destination[MessageHeader.Size + 1] = subcode;
        data.CopyTo(destination[DataStart..]);
        MessageHeader.Write(MessageType.Notification, DataStart + data.Length, destination);
        return DataStart + data.Length;
    }

    /// <summary>The NOTIFICATION that answers a message.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">The message, or what of it has arrived.</param>
    /// <param name="destination">Room for 4,096 octets.</param>
    /// <returns>Length of the NOTIFICATION.</returns>
    internal static int WriteError(in BgpError error, ReadOnlySpan<byte> message, Span<byte> destination)
    {
        if (error is { Code: BgpErrorCode.OpenMessage, Subcode: OpenSubcode.UnsupportedVersion })
        {
            // RFC 4271 6.2: the largest version that we have, in two octets.
            Span<byte> version = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(version, Version);
            return Write(error.Code, error.Subcode, version, destination);
        }

        if (error is { Code: BgpErrorCode.UpdateMessage, Subcode: UpdateSubcode.MissingWellKnown })
        {
            // RFC 4271 6.3: the type of the attribute that is missing.
            return Write(error.Code, error.Subcode, [error.Attribute], destination);
        }

        var start = Math.Min(error.DataOffset, message.Length);
        return Write(error.Code, error.Subcode, message.Slice(start, Math.Min(error.DataLength, message.Length - start)), destination);
    }

    /// <summary>A Cease.</summary>
    /// <param name="subcode">Its subcode.</param>
    /// <param name="text">Shutdown communication; only for subcodes 2 and 4, cut at 255 octets between two characters.</param>
    /// <param name="hardReset">Whether it is wrapped in a Hard Reset (RFC 8538 3.1).</param>
    /// <param name="destination">Room for 300 octets.</param>
    /// <returns>Length of the message.</returns>
    internal static int WriteCease(byte subcode, string? text, bool hardReset, Span<byte> destination)
    {
        Span<byte> data = stackalloc byte[3 + LongestText];
        var length = 0;
        if (hardReset)
        {
            data[0] = (byte)BgpErrorCode.Cease;
            data[1] = subcode;
            length = 2;
        }

        if (HasText(subcode) && !string.IsNullOrEmpty(text))
        {
            Utf8.FromUtf16(text, data.Slice(length + 1, LongestText), out _, out var written);
            data[length] = (byte)written;
            length += 1 + written;
        }

        return Write(BgpErrorCode.Cease, hardReset ? CeaseSubcode.HardReset : subcode, data[..length], destination);
    }

    // RFC 9003 2.
    private static bool HasText(byte subcode) => subcode is CeaseSubcode.AdministrativeShutdown or CeaseSubcode.AdministrativeReset;
}
