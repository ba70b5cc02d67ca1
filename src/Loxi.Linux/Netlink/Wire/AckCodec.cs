using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>NLMSG_ERROR and NLMSG_DONE: an error number and, with NETLINK_EXT_ACK, a text (linux/netlink.h).</summary>
internal static class AckCodec
{
    /// <summary>Parses. The error number is positive, 0 for success.</summary>
    internal static int Parse(in NetlinkMessage message, out string? text)
    {
        text = null;
        var payload = message.Payload;
        if (payload.Length < 4)
        {
            // NLMSG_DONE may come bare.
            return message.Type == Nl.Done && payload.IsEmpty
                ? 0
                : throw NetlinkException.Malformed("acknowledgement", $"{payload.Length} bytes, 4 expected");
        }

        var error = MemoryMarshal.Read<int>(payload);
        if (error is > 0 or int.MinValue)
        {
            throw NetlinkException.Malformed("acknowledgement", $"error number {error}, expected 0 or below");
        }

        if ((message.Flags & Nl.FlagAckAttributes) != 0)
        {
            text = ReadText(payload[AttributesOffset(message)..]);
        }

        return -error;
    }

    private static int AttributesOffset(in NetlinkMessage message)
    {
        const int echo = 4;
        if (message.Type == Nl.Done)
        {
            return echo;
        }

        if (message.Payload.Length < echo + Nl.HeaderSize)
        {
            throw NetlinkException.Malformed("acknowledgement", $"{message.Payload.Length} bytes, {echo + Nl.HeaderSize} expected");
        }

        if ((message.Flags & Nl.FlagCapped) != 0)
        {
            return echo + Nl.HeaderSize;
        }

        var echoed = MemoryMarshal.Read<uint>(message.Payload[echo..]);
        return echoed >= Nl.HeaderSize && echoed <= (uint)(message.Payload.Length - echo)
            ? Math.Min(echo + Nl.Align((int)echoed), message.Payload.Length)
            : throw NetlinkException.Malformed("acknowledgement", $"echo of {echoed} bytes in {message.Payload.Length}");
    }

    private static string? ReadText(ReadOnlySpan<byte> attributes)
    {
        string? text = null;
        var reader = new AttributeReader(attributes, "extended acknowledgement");
        while (reader.MoveNext())
        {
            if (reader.Type == Nl.ErrorMessageAttribute)
            {
                text = reader.Text();
            }
        }

        return text;
    }
}
