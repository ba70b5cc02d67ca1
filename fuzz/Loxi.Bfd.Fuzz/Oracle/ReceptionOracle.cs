using System.Numerics;
using System.Security.Cryptography;

namespace Loxi.Bfd.Fuzz.Oracle;

/// <summary>
/// RFC 5880 6.8.6 written down a second time, without a line of the library: the datagram is one great number of which bits are cut
/// out. Says of each datagram to a single-hop session whether it has an effect, and which. Not fast.
/// </summary>
internal sealed class ReceptionOracle(uint localDiscriminator, int authenticationType, IReadOnlyDictionary<int, byte[]> keys)
{
    private BigInteger? _lastSequence;

    public Verdict Judge(byte[] datagram, int ttl, int state)
    {
        var nothing = new Verdict(false, state, false);
        if (!PassesTheFirstRules(datagram) || !IsForThisSession(datagram) || ttl != 255 || !IsAuthentic(datagram))
        {
            return nothing;
        }

        if (state == 0)
        {
            return nothing; // AdminDown
        }

        var said = (int)Bits(datagram, 8, 2);
        var poll = Bits(datagram, 10, 1) == 1;
        var final = Bits(datagram, 11, 1) == 1;
        return new Verdict(true, Next(state, said), poll && !final);
    }

    /// <summary>Bits as the figure of RFC 5880 4.1 counts them: 0 is the first.</summary>
    private static BigInteger Bits(byte[] datagram, int first, int count)
    {
        var number = new BigInteger(datagram, isUnsigned: true, isBigEndian: true);
        return (number >> ((datagram.Length * 8) - first - count)) & ((BigInteger.One << count) - 1);
    }

    private static bool PassesTheFirstRules(byte[] datagram)
    {
        if (datagram.Length < 24)
        {
            return false; // No Length field can be right.
        }

        var authenticated = Bits(datagram, 13, 1) == 1;
        var length = Bits(datagram, 24, 8);
        return Bits(datagram, 0, 3) == 1
            && length >= (authenticated ? 26 : 24)
            && length <= datagram.Length
            && Bits(datagram, 16, 8) != 0
            && Bits(datagram, 15, 1) == 0
            && Bits(datagram, 32, 32) != 0;
    }

    private static int Next(int state, int said) => (state, said) switch
    {
        (2 or 3, 0) => 1,
        (1, 1) => 2,
        (1, 2) => 3,
        (2, 2 or 3) => 3,
        (3, 1) => 1,
        _ => state,
    };

    private bool IsForThisSession(byte[] datagram)
    {
        var your = Bits(datagram, 64, 32);
        return your == localDiscriminator || (your == 0 && Bits(datagram, 8, 2) <= 1);
    }

    private bool IsAuthentic(byte[] datagram)
    {
        if (Bits(datagram, 13, 1) == 0)
        {
            return authenticationType == 0;
        }

        if (authenticationType == 0)
        {
            return false;
        }

        var packet = datagram[..(int)Bits(datagram, 24, 8)];
        var sectionLength = (int)Bits(packet, 200, 8);
        if (Bits(packet, 192, 8) != authenticationType || sectionLength > packet.Length - 24 || sectionLength < 3 || !keys.TryGetValue((int)Bits(packet, 208, 8), out var key))
        {
            return false;
        }

        if (authenticationType == 1)
        {
            return packet.AsSpan(27, sectionLength - 3).SequenceEqual(key);
        }

        var isMd5 = authenticationType <= 3;
        if (sectionLength != (isMd5 ? 24 : 28))
        {
            return false;
        }

        var sequence = Bits(packet, 224, 32);
        if (_lastSequence is { } last)
        {
            var ahead = ((sequence - last) + (BigInteger.One << 32)) % (BigInteger.One << 32);
            if (ahead > 3 * Bits(packet, 16, 8) || (ahead == 0 && authenticationType is 3 or 5))
            {
                return false;
            }
        }

        var digest = isMd5 ? 16 : 20;
        byte[] hashed = [.. packet[..32], .. key, .. new byte[digest - key.Length], .. packet[(32 + digest)..]];
#pragma warning disable CA5350, CA5351 // RFC 5880 6.7.3, 6.7.4
        var expected = isMd5 ? MD5.HashData(hashed) : SHA1.HashData(hashed);
#pragma warning restore CA5350, CA5351
        if (!packet.AsSpan(32, digest).SequenceEqual(expected))
        {
            return false;
        }

        _lastSequence = sequence;
        return true;
    }
}
