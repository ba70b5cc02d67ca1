using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Fuzz.Oracle;

/// <summary>What an UPDATE leads to, by RFC 7606 and what it refers to. Written apart from the library, without its code: slow, and short where the library is fast.</summary>
internal static class UpdateOracle
{
    private const ErrorHandling None = ErrorHandling.None;
    private const ErrorHandling Ignore = ErrorHandling.Ignore;
    private const ErrorHandling Discard = ErrorHandling.AttributeDiscard;
    private const ErrorHandling Withdraw = ErrorHandling.TreatAsWithdraw;
    private const ErrorHandling Reset = ErrorHandling.SessionReset;

    public static ErrorHandling Judge(byte[] message, OracleSession session)
    {
        // RFC 4271 6.3: the lengths of the fields.
        var withdrawnEnd = 21 + Word(message, 19);
        if (withdrawnEnd + 2 > message.Length || withdrawnEnd + 2 + Word(message, withdrawnEnd) > message.Length)
        {
            return Reset;
        }

        var attributesEnd = withdrawnEnd + 2 + Word(message, withdrawnEnd);
        var withdrawn = message[21..withdrawnEnd];
        var attributes = message[(withdrawnEnd + 2)..attributesEnd];
        var nlri = message[attributesEnd..];

        // RFC 7606 5.3.
        if (!AreWhole(withdrawn, 32, session.AddPath) || !AreWhole(nlri, 32, session.AddPath))
        {
            return Reset;
        }

        var worst = None;
        if ((!session.Ipv4 && withdrawn.Length + nlri.Length > 0) || (session.Ipv4 && HasStrange(nlri, session.AddPath, six: false)))
        {
            worst = Ignore;
        }

        var hasReach = nlri.Length > 0;
        var seen = new Dictionary<int, byte[]>();
        var used = new Dictionary<int, byte[]>();
        for (var at = 0; at < attributes.Length;)
        {
            var left = attributes.Length - at;
            var header = (attributes[at] & 0x10) != 0 ? 4 : 3;
            var type = left > 1 ? attributes[at + 1] : -1;
            if (left < header || left < header + Length(attributes, at))
            {
                // RFC 7606 4, 3(j).
                worst = Max(worst, type is 14 or 15 ? Reset : Withdraw);
                break;
            }

            var value = attributes.AsSpan(at + header, Length(attributes, at)).ToArray();
            var found = !seen.TryAdd(type, value)
                ? type is 14 or 15 ? Reset : Discard // RFC 7606 3(g)
                : JudgeAttribute(type, attributes[at], value, session, used, ref hasReach);
            worst = Max(worst, found);
            if (worst == Reset)
            {
                return Reset;
            }

            at += header + value.Length;
        }

        worst = Max(worst, JudgeTogether(seen, used, session, hasReach, nlri.Length > 0));
        // RFC 7606 5.2.
        return worst == Withdraw && !hasReach ? Reset : worst;
    }

    private static ErrorHandling JudgeAttribute(int type, int flags, byte[] value, OracleSession session, Dictionary<int, byte[]> used, ref bool hasReach)
    {
        var kind = type switch
        {
            1 or 2 or 3 or 5 or 6 => 0x40,
            4 or 9 or 10 or 14 or 15 => 0x80,
            7 or 8 or 16 or 17 or 18 or 25 or 32 or 35 => 0xc0,
            _ => -1,
        };
        if (type == 26 || (kind < 0 && (flags & 0x80) != 0))
        {
            return None;
        }

        if (kind < 0)
        {
            return Reset;
        }

        if ((type is 5 or 9 or 10 && session.IsExternal) || (type is 17 or 18 && session.FourOctetAs))
        {
            return Discard;
        }

        var wrongFlags = (flags & 0xc0) != kind;
        if (type is 14 or 15)
        {
            return Max(wrongFlags ? Withdraw : None, JudgeMultiprotocol(type == 14, value, session, ref hasReach));
        }

        if (wrongFlags)
        {
            return Withdraw;
        }

        var width = session.FourOctetAs ? 4 : 2;
        var found = type switch
        {
            1 => value is [0 or 1 or 2] ? None : Withdraw,
            2 => Path(value, width) is { Whole: true, Set: false, Confederation: false } ? None : Withdraw,
            3 or 4 or 5 or 9 or 35 => value.Length == 4 ? None : Withdraw,
            6 => value.Length == 0 ? None : Discard,
            7 => value.Length == width + 4 && value.Take(width).Any(b => b != 0) ? None : Discard,
            18 => value.Length == 8 && value.Take(4).Any(b => b != 0) ? None : Discard,
            8 or 10 => value.Length > 0 && value.Length % 4 == 0 ? None : Withdraw,
            16 => value.Length > 0 && value.Length % 8 == 0 ? None : Withdraw,
            25 => value.Length > 0 && value.Length % 20 == 0 ? None : Withdraw,
            32 => value.Length > 0 && value.Length % 12 == 0 ? None : Withdraw,
            _ => value.Length == 0 || !Path(value, 4).Whole ? Discard : Path(value, 4).Set ? Withdraw : None,
        };
        if (found == None)
        {
            used.Add(type, value);
        }

        return found;
    }

    private static ErrorHandling JudgeMultiprotocol(bool isReach, byte[] value, OracleSession session, ref bool hasReach)
    {
        if (value.Length < 3)
        {
            return Reset;
        }

        var six = value[1] == 2;
        if (value[0] != 0 || value[2] != 1 || !(value[1] == 1 ? session.Ipv4 : value[1] == 2 && session.Ipv6))
        {
            hasReach |= isReach;
            return Ignore;
        }

        if (!isReach)
        {
            return AreWhole(value[3..], six ? 128 : 32, session.AddPath) ? None : Reset;
        }

        int length = value.Length > 3 ? value[3] : 0;
        var fits = six ? length is 16 or 32 : length == 4 || (session.LongNextHop && length is 16 or 32);
        if (!fits || value.Length < 5 + length || !AreWhole(value[(5 + length)..], six ? 128 : 32, session.AddPath))
        {
            return Reset;
        }

        var routes = value[(5 + length)..];
        hasReach |= routes.Length > 0;
        var nextHop = value[4..(4 + length)];
        return Max(HasStrange(routes, session.AddPath, six) ? Ignore : None, IsHost(length == 32 && IsEmptyOrLinkLocal(nextHop[..16]) && IsLinkLocal(nextHop[16..]) ? nextHop[16..] : nextHop[..Math.Min(16, length)]) ? None : Withdraw);
    }

    private static ErrorHandling JudgeTogether(Dictionary<int, byte[]> seen, Dictionary<int, byte[]> used, OracleSession session, bool hasReach, bool hasNlri)
    {
        var worst = None;
        if (used.TryGetValue(3, out var nextHop) && (hasNlri || !seen.ContainsKey(14)) && !IsHost(nextHop))
        {
            worst = Withdraw;
        }

        if (session.IsExternal && session.EnforceFirstAs && used.TryGetValue(2, out var path))
        {
            var numbers = Numbers(path, session.FourOctetAs ? 4 : 2);
            var first = numbers.FirstOrDefault() == OracleSession.ExternalPeer;
            // RFC 6793 4.2.3: an AS4_PATH as long as AS_PATH takes its place, unless an old speaker has aggregated since.
            if (used.TryGetValue(17, out var path4) && !(used.ContainsKey(18) && used.TryGetValue(7, out var aggregator) && Word(aggregator, 0) != 23456)
                && Numbers(path4, 4) is var numbers4 && numbers4.Count == numbers.Count && numbers.Count > 0)
            {
                first &= numbers4[0] == OracleSession.ExternalPeer;
            }

            worst = Max(worst, first ? None : Withdraw);
        }

        if (hasReach && (!seen.ContainsKey(1) || !seen.ContainsKey(2) || (hasNlri && !seen.ContainsKey(3)) || (!session.IsExternal && !seen.ContainsKey(5))))
        {
            worst = Max(worst, Withdraw);
        }

        return worst;
    }

    // RFC 7606 7.2, 7607.
    private static (bool Whole, bool Set, bool Confederation) Path(byte[] value, int width)
    {
        var types = new List<int>();
        for (var at = 0; at < value.Length;)
        {
            if (at + 2 > value.Length || value[at] is 0 or > 4 || value[at + 1] == 0 || at + 2 + (width * value[at + 1]) > value.Length)
            {
                return (false, false, false);
            }

            var numbers = value.AsSpan(at + 2, width * value[at + 1]).ToArray();
            if (numbers.Chunk(width).Any(n => n.All(b => b == 0)))
            {
                return (false, false, false);
            }

            types.Add(value[at]);
            at += 2 + numbers.Length;
        }

        return (true, types.Contains(1) || types.Contains(4), types.Contains(3) || types.Contains(4));
    }

    // Of sequences alone: RFC 6793 6 drops confederation segments.
    private static List<uint> Numbers(byte[] path, int width)
    {
        var numbers = new List<uint>();
        for (var at = 0; at < path.Length; at += 2 + (width * path[at + 1]))
        {
            for (var i = 0; path[at] == 2 && i < path[at + 1]; i++)
            {
                var number = at + 2 + (width * i);
                numbers.Add(width == 4 ? (uint)((Word(path, number) << 16) | Word(path, number + 2)) : (uint)Word(path, number));
            }
        }

        return numbers;
    }

    private static bool AreWhole(byte[] routes, int width, bool addPath)
    {
        var at = 0;
        while (at < routes.Length)
        {
            at += addPath ? 4 : 0;
            if (at >= routes.Length || routes[at] > width)
            {
                return false;
            }

            at += 1 + ((routes[at] + 7) / 8);
        }

        return at == routes.Length;
    }

    private static bool HasStrange(byte[] routes, bool addPath, bool six)
    {
        for (var at = 0; at < routes.Length;)
        {
            at += addPath ? 4 : 0;
            int length = routes[at];
            var octets = new byte[16];
            routes.AsSpan(at + 1, (length + 7) / 8).CopyTo(octets);
            at += 1 + ((length + 7) / 8);
            var strange = six
                ? (length >= 8 && octets[0] == 0xff) || (length >= 10 && IsLinkLocal(octets)) || (length == 128 && octets[15] == 1 && octets.Take(15).All(b => b == 0))
                : (length >= 4 && octets[0] is >= 224 and < 240) || (length >= 8 && octets[0] == 127);
            if (strange)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHost(byte[] address)
    {
        if (address.Length == 4)
        {
            return address[0] != 0 && address[0] != 127 && address[0] is not (>= 224 and < 240) && !address.All(b => b == 255) && !address.AsSpan().SequenceEqual((byte[])[192, 0, 2, 254]);
        }

        var leading = address.Take(10).All(b => b == 0);
        var isMapped = leading && address[10] == 255 && address[11] == 255;
        var isLow = address.Take(15).All(b => b == 0) && address[15] <= 1;
        return !isMapped && !isLow && address[0] != 255 && !address.AsSpan().SequenceEqual((byte[])[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe]);
    }

    private static bool IsLinkLocal(byte[] address) => address[0] == 0xfe && address[1] is >= 0x80 and < 0xc0;

    private static bool IsEmptyOrLinkLocal(byte[] address) => IsLinkLocal(address) || address.All(b => b == 0);

    private static int Length(byte[] attributes, int at) => (attributes[at] & 0x10) != 0 ? Word(attributes, at + 2) : attributes[at + 2];

    private static int Word(byte[] octets, int at) => (octets[at] << 8) | octets[at + 1];

    private static ErrorHandling Max(ErrorHandling one, ErrorHandling other) => one > other ? one : other;
}
