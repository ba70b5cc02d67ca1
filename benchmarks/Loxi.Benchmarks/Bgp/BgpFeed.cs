using System.Buffers.Binary;

namespace Loxi.Benchmarks.Bgp;

/// <summary>
/// UPDATEs of IPv4 prefixes as an injector sends them: "packed", one attribute set for all; "table", internet-like, about 15,400 attribute sets for 100,000
/// prefixes; "lb", one /32 per UPDATE and one attribute set. Always the same for a name and a size.
/// </summary>
internal sealed class BgpFeed
{
    private const int Seed = 4271;
    private const int LongestMessage = 4096;
    private const int Header = 19;
    private const uint FirstNetwork = 0x0b00_0000;

    internal BgpFeed(string name, int prefixes, uint injectorAs, uint nextHop)
    {
        (Name, Prefixes) = (name, prefixes);
        using MemoryStream stream = new();
        Random random = new(Seed);
        byte[] common = Attributes([injectorAs, 64_500, 64_501], nextHop, 0);
        for (var next = 0; next < prefixes;)
        {
            var (most, attributes) = name switch
            {
                "packed" => (int.MaxValue, common),
                "lb" => (1, common),
                _ => (random.Next(1, 13), Attributes([injectorAs, .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (uint)random.Next(1, 64_000))], nextHop, random.Next(0, 1000))),
            };
            next = Write(stream, attributes, next, Math.Min(most, prefixes - next), name == "lb");
            Messages++;
        }

        Bytes = stream.ToArray();
    }

    internal string Name { get; }

    internal int Prefixes { get; }

    internal int Messages { get; }

    internal ReadOnlyMemory<byte> Bytes { get; }

    public override string ToString() => Prefixes >= 1_000_000 ? $"{Prefixes / 1_000_000}M {Name}" : $"{Prefixes / 1000}k {Name}";

    /// <summary>One UPDATE with as many prefixes as it takes; returns the prefix that is next.</summary>
    private static int Write(MemoryStream stream, byte[] attributes, int first, int most, bool hosts)
    {
        Span<byte> message = stackalloc byte[LongestMessage];
        message[..16].Fill(0xff);
        message[18] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(message[Header..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[(Header + 2)..], (ushort)attributes.Length);
        attributes.CopyTo(message[(Header + 4)..]);
        var at = Header + 4 + attributes.Length;
        var next = first;
        var size = hosts ? 5 : 4;
        for (; next < first + most && at + size <= LongestMessage; next++)
        {
            message[at] = (byte)(hosts ? 32 : 24);
            // Of hosts every address is a prefix, of networks every 256th.
            var address = FirstNetwork + ((uint)next << (hosts ? 0 : 8));
            message[at + 1] = (byte)(address >> 24);
            message[at + 2] = (byte)(address >> 16);
            message[at + 3] = (byte)(address >> 8);
            if (hosts)
            {
                message[at + 4] = (byte)address;
            }

            at += size;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message[16..], (ushort)at);
        stream.Write(message[..at]);
        return next;
    }

    /// <summary>ORIGIN, AS_PATH of 4 octets an AS, NEXT_HOP, MED.</summary>
    private static byte[] Attributes(uint[] path, uint nextHop, int med)
    {
        var bytes = new byte[4 + 5 + (4 * path.Length) + 7 + 7];
        byte[] origin = [0x40, 1, 1, 0, 0x40, 2, (byte)(2 + (4 * path.Length)), 2, (byte)path.Length];
        origin.CopyTo(bytes, 0);
        var at = origin.Length;
        foreach (var number in path)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), number);
            at += 4;
        }

        byte[] hop = [0x40, 3, 4];
        hop.CopyTo(bytes, at);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 3), nextHop);
        byte[] exit = [0x80, 4, 4];
        exit.CopyTo(bytes, at + 7);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 10), (uint)med);
        return bytes;
    }
}
