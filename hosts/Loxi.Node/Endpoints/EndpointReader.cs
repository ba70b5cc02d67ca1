using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Nat.Health;

namespace Loxi.Node.Endpoints;

/// <summary>Reads what the wire says about endpoints and collects every problem. Pure.</summary>
internal sealed class EndpointReader
{
    private readonly List<Problem> _problems = [];

    private EndpointReader()
    {
    }

    /// <summary>Reads a configured endpoint; null when there is a problem.</summary>
    public static ConfiguredEndpoint? Read(EndpointArguments arguments, out IReadOnlyList<Problem> problems)
    {
        var reader = new EndpointReader();
        problems = reader._problems;
        var address = reader.Address(arguments.HostName);
        var name = arguments.Name ?? "";
        reader.Require(name.Length <= ServiceLimits.NameLength && !name.Any(char.IsControl), "name", name, $"at most {ServiceLimits.NameLength} characters, no control characters");
        var known = ProbeTypeNames.TryParse(arguments.ProbeType, out var type);
        reader.Require(known && type is ProbeType.Tcp or ProbeType.None, "probeType", arguments.ProbeType, "tcp or none in this version");
        reader.Require(string.IsNullOrEmpty(arguments.ProbeRequest), "probeReq", arguments.ProbeRequest, "none in this version");
        reader.Require(string.IsNullOrEmpty(arguments.ProbeResponse), "probeResp", arguments.ProbeResponse, "none in this version");
        var period = reader.Number("probeDuration", arguments.ProbeDuration ?? 0, 0, ServiceLimits.ProbeTimeoutSeconds);
        var fall = reader.Number("inactiveReTries", arguments.InactiveRetries ?? 0, 0, byte.MaxValue);
        var port = reader.Number("probePort", arguments.ProbePort, 1, ushort.MaxValue);
        return reader._problems.Count != 0 || address is null ? null
            : new ConfiguredEndpoint(address, (ushort)port) { Name = name, ProbeType = type, Period = (int)period, Fall = (int)fall };
    }

    /// <summary>Reads a state; false when there is a problem.</summary>
    public static bool TryRead(EndpointHostState wire, out HeldEndpoint endpoint, out HandState state, out IReadOnlyList<Problem> problems)
    {
        var reader = new EndpointReader();
        problems = reader._problems;
        endpoint = default;
        var address = reader.Address(wire.HostName);
        var known = ServiceProtocolNames.TryParse(wire.EndpointProtocol, out var protocol);
        reader.Require(known, "epProto", wire.EndpointProtocol, "tcp, udp, sctp or icmp");
        var isIcmp = known && protocol == ServiceProtocol.Icmp;
        var port = reader.Number("epPort", wire.EndpointPort ?? (isIcmp ? 0 : null), isIcmp ? 0 : 1, isIcmp ? 0 : ushort.MaxValue);
        reader.Require(HandStateNames.TryParse(wire.State, out state), "state", wire.State, HandStateNames.Expected);
        if (reader._problems.Count != 0 || address is null)
        {
            return false;
        }

        endpoint = new HeldEndpoint(address, protocol, (ushort)port);
        return true;
    }

    private IPAddress? Address(string? text)
    {
        if (AddressText.TryParse(text, out var address) && AddressRules.IsUsable(address))
        {
            return address;
        }

        _problems.Add(Problem.Of("hostName", text, address is null ? "an IPv4 or IPv6 address" : AddressRules.Usable));
        return null;
    }

    private long Number(string field, long? value, long least, long greatest)
    {
        Require(value >= least && value <= greatest, field, value, least == greatest ? $"{least}" : $"{least} to {greatest}");
        return value ?? 0;
    }

    private void Require(bool holds, string field, object? value, string expected)
    {
        if (!holds)
        {
            _problems.Add(Problem.Of(field, value, expected));
        }
    }
}
