using System.Net;

namespace Loxi.Bgp.Tests.Live;

/// <summary>A right UPDATE taken apart by hand: nothing here is taken from the library.</summary>
internal sealed class RawUpdate
{
    internal RawUpdate(byte[] message)
    {
        var at = 19;
        var end = at + 2 + Word(message, at);
        AddPrefixes(Withdrawn, message.AsSpan((at + 2)..end), 4);
        at = end + 2;
        end = at + Word(message, end);
        while (at < end)
        {
            var (flags, type) = (message[at], message[at + 1]);
            var isExtended = (flags & 0x10) != 0;
            var length = isExtended ? Word(message, at + 2) : message[at + 2];
            at += isExtended ? 4 : 3;
            Attributes.Add(type, (flags, message[at..(at + length)]));
            at += length;
        }

        AddPrefixes(Announced, message.AsSpan(end), 4);
        if (Attributes.TryGetValue(15, out var unreach))
        {
            AddPrefixes(Withdrawn, unreach.Value.AsSpan(3), Size(unreach.Value));
        }

        if (Attributes.TryGetValue(14, out var reach))
        {
            AddPrefixes(Announced, reach.Value.AsSpan(5 + reach.Value[3]), Size(reach.Value));
        }
    }

    internal List<string> Withdrawn { get; } = [];

    internal bool IsEndOfRib => Withdrawn.Count == 0 && Announced.Count == 0;

    internal List<string> Announced { get; } = [];

    internal Dictionary<byte, (byte Flags, byte[] Value)> Attributes { get; } = [];

    private static int Size(byte[] multiprotocol) => multiprotocol[1] == 1 ? 4 : 16;

    private static int Word(byte[] bytes, int at) => (bytes[at] << 8) | bytes[at + 1];

    private static void AddPrefixes(List<string> prefixes, ReadOnlySpan<byte> list, int size)
    {
        while (!list.IsEmpty)
        {
            var octets = (list[0] + 7) / 8;
            var address = new byte[size];
            list[1..(1 + octets)].CopyTo(address);
            prefixes.Add($"{new IPAddress(address)}/{list[0]}");
            list = list[(1 + octets)..];
        }
    }
}
