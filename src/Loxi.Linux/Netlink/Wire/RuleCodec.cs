using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>struct fib_rule_hdr and its attributes (linux/fib_rules.h).</summary>
internal static class RuleCodec
{
    private const int HeaderSize = 12;
    private const string What = "routing rule";

    /// <summary>Parses; false for other families than IPv4 and IPv6 (multicast routing has rules too).</summary>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out RoutingRule rule)
    {
        rule = null!;
        if (payload.Length < HeaderSize)
        {
            throw NetlinkException.Malformed(What, $"{payload.Length} bytes, a header has {HeaderSize}");
        }

        var family = payload[0];
        if (family is not (Nl.FamilyInet or Nl.FamilyInet6))
        {
            return false;
        }

        InternetAddress source = default, destination = default;
        string? input = null, output = null;
        uint priority = 0, table = payload[4], mark = 0, mask = 0;
        var other = payload[3] != 0;
        var reader = new AttributeReader(payload[HeaderSize..], What);
        while (reader.MoveNext())
        {
            switch (reader.Type)
            {
                case Nl.FraDestination: destination = reader.Address(family); break;
                case Nl.FraSource: source = reader.Address(family); break;
                case Nl.FraInputInterface: input = reader.Text(); break;
                case Nl.FraOutputInterface: output = reader.Text(); break;
                case Nl.FraPriority: priority = reader.UInt32(); break;
                case Nl.FraMark: mark = reader.UInt32(); break;
                case Nl.FraMask: mask = reader.UInt32(); break;
                case Nl.FraTable: table = reader.UInt32(); break;
                // Always there, and no condition when all bits are set.
                case Nl.FraSuppressPrefixLength or Nl.FraSuppressInterfaceGroup: other |= reader.UInt32() != uint.MaxValue; break;
                case Nl.FraFlow or Nl.FraGoto or Nl.FraProtocol or Nl.FraPadding: break;
                default: other = true; break;
            }
        }

        rule = new RoutingRule
        {
            Family = family == Nl.FamilyInet ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
            Priority = priority,
            Action = (RoutingRuleAction)payload[7],
            Table = table,
            Source = source,
            SourcePrefixLength = payload[2],
            Destination = destination,
            DestinationPrefixLength = payload[1],
            InputInterface = input,
            OutputInterface = output,
            Mark = mark,
            MarkMask = mask,
            IsInverted = (MemoryMarshal.Read<uint>(payload[8..]) & Nl.RuleFlagInvert) != 0,
            HasOtherConditions = other,
        };
        return true;
    }

    internal static void WriteHeader(ref NetlinkWriter writer, byte family) => writer.Take(HeaderSize)[0] = family;
}
