using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Loxi.Bfd.Fuzz.Oracle;

/// <summary>Random, right, and mutated datagrams for a session, from a seed. Puts bytes together itself.</summary>
internal sealed class DatagramSource(Random random, uint localDiscriminator, int authenticationType, IReadOnlyDictionary<int, byte[]> keys)
{
    private uint _sequence = (uint)random.NextInt64(1L << 32);

    public (byte[] Bytes, int Ttl) Next()
    {
        var bytes = random.Next(20) == 0 ? Noise() : Right();
        for (var i = random.Next(2) == 0 ? 0 : random.Next(1, 4); i > 0; i--)
        {
            bytes = Mutate(bytes);
        }

        return (bytes, random.Next(20) == 0 ? random.Next(-1, 256) : 255);
    }

    private byte[] Noise()
    {
        var bytes = new byte[random.Next(80)];
        random.NextBytes(bytes);
        if (bytes.Length > 0 && random.Next(2) == 0)
        {
            bytes[0] = (byte)(0x20 | (bytes[0] & 0x1f));
        }

        return bytes;
    }

    private byte[] Right()
    {
        var withAuthentication = authenticationType != 0 && random.Next(20) != 0;
        var (id, key) = keys.Count == 0 ? (0, []) : keys.ElementAt(random.Next(keys.Count)) is var pair ? (pair.Key, pair.Value) : default;
        var section = !withAuthentication ? 0 : authenticationType switch
        {
            1 => 3 + key.Length,
            2 or 3 => 24,
            _ => 28,
        };
        var bytes = new byte[24 + section];
        bytes[0] = (byte)(0x20 | random.Next(32));
        bytes[1] = (byte)((random.Next(4) << 6) | (random.Next(4) == 0 ? 0x20 : 0) | (random.Next(4) == 0 ? 0x10 : 0) | (random.Next(2) << 3) | (withAuthentication ? 4 : 0) | (random.Next(8) == 0 ? 2 : 0));
        bytes[2] = (byte)random.Next(1, 256);
        bytes[3] = (byte)bytes.Length;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)random.Next(1, 4));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), random.Next(4) == 0 ? 0 : localDiscriminator);
        for (var field = 12; field < 24; field += 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(field), random.Next(4) switch
            {
                0 => 0,
                1 => uint.MaxValue,
                2 => (uint)random.Next(1, 2_000_000),
                _ => 100_000,
            });
        }

        if (withAuthentication)
        {
            Sign(bytes, (byte)id, key, section);
        }

        return bytes;
    }

    private void Sign(byte[] bytes, byte id, byte[] key, int section)
    {
        bytes[24] = (byte)authenticationType;
        bytes[25] = (byte)section;
        bytes[26] = id;
        if (authenticationType == 1)
        {
            key.CopyTo(bytes, 27);
            return;
        }

        // The next one mostly; now and then the same again, an old one, or one that is far ahead.
        var sequence = unchecked(_sequence + random.Next(20) switch
        {
            0 => 0,
            1 => uint.MaxValue,
            2 => 5_000,
            _ => 1u,
        });
        _sequence = unchecked(_sequence + 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(28), sequence);
        key.CopyTo(bytes, 32);
#pragma warning disable CA5350, CA5351 // RFC 5880 6.7.3, 6.7.4
        var digest = authenticationType <= 3 ? MD5.HashData(bytes) : SHA1.HashData(bytes);
#pragma warning restore CA5350, CA5351
        digest.CopyTo(bytes, 32);
    }

    private byte[] Mutate(byte[] bytes)
    {
        switch (random.Next(6))
        {
            case 0 when bytes.Length > 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when bytes.Length > 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..random.Next(bytes.Length + 1)];
            case 3:
                return [.. bytes, .. new byte[random.Next(40)]];
            case 4 when bytes.Length > 3:
                bytes[3] = (byte)random.Next(20, 60);
                return bytes;
            case 5 when bytes.Length > 25:
                bytes[random.Next(24, 26)] = (byte)random.Next(32);
                return bytes;
            default:
                return bytes;
        }
    }
}
