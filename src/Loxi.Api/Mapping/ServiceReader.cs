using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>Reads one service and collects every problem on the way: what cannot be read is replaced by a harmless value and never reported twice.</summary>
internal sealed class ServiceReader(LoadbalanceEntry entry)
{
    private const string AddressExpected = "an IPv4 or IPv6 address";
    private static readonly LoadbalanceArguments NoArguments = new();
    private readonly LoadbalanceArguments _arguments = entry.ServiceArguments ?? NoArguments;
    private readonly List<Problem> _problems = [];

    public ServiceMapping Read()
    {
        if (!HasArguments())
        {
            return new ServiceMapping(null, [.. _problems]);
        }

        if (Number(ServiceFields.Operation, _arguments.Operation, (long)ServiceOperation.Detach) != 0)
        {
            Add(ServiceFields.Operation, _arguments.Operation, "0 (create or replace) where services are listed");
        }

        return new ServiceMapping(ReadService(out _), [.. _problems]);
    }

    public ServiceRequest ReadRequest()
    {
        if (!HasArguments())
        {
            return new ServiceRequest(ServiceOperation.Replace, null, [], [.. _problems]);
        }

        var operation = (ServiceOperation)Number(ServiceFields.Operation, _arguments.Operation, (long)ServiceOperation.Detach);
        var service = operation == ServiceOperation.Replace ? ReadService(out var positions) : ReadEndpointsOfService(out positions);
        return new ServiceRequest(operation, service, [.. positions], [.. _problems]);
    }

    private bool HasArguments()
    {
        if (entry.ServiceArguments is null)
        {
            Add("serviceArguments", null, "an object");
        }

        return entry.ServiceArguments is not null;
    }

    private Service ReadService(out int[] positions)
    {
        var endpoints = ReadEndpoints(out positions);
        var service = new Service
        {
            Key = ReadKey(endpoints),
            Name = _arguments.Name ?? "",
            Selection = (SelectionPolicy)Number(ServiceFields.Selection, _arguments.Selection, (long)SelectionPolicy.N3),
            Mode = (NatMode)Number(ServiceFields.Mode, _arguments.Mode, (long)NatMode.HostOneArm),
            Security = (ServiceSecurity)Number(ServiceFields.Security, _arguments.Security, (long)ServiceSecurity.EndToEndHttps),
            InactiveTimeout = Seconds(ServiceFields.InactiveTimeout, _arguments.InactiveTimeout, (long)ServiceTimeouts.Maximum.TotalSeconds),
            Monitor = _arguments.Monitor ?? false,
            Probe = ReadProbe(),
            Managed = _arguments.Managed ?? false,
            Bgp = _arguments.Bgp ?? false,
            ProxyProtocolV2 = _arguments.ProxyProtocolV2 ?? false,
            Egress = _arguments.Egress ?? false,
            PrivateAddress = string.IsNullOrEmpty(_arguments.PrivateIP) ? null : Address(ServiceFields.PrivateAddress, _arguments.PrivateIP),
            SourcePool = string.IsNullOrEmpty(_arguments.SourcePool) ? null : _arguments.SourcePool,
            VipGroup = string.IsNullOrEmpty(_arguments.VipGroup) ? VipGroups.OfService(_arguments.Name) : VipGroups.Resolve(_arguments.VipGroup),
            Tunnel = ReadTunnel(),
            ClampMss = _arguments.ClampMss ?? false,
            SlowStart = Seconds(ServiceFields.SlowStart, _arguments.SlowStart, ServiceLimits.SlowStartSeconds),
            PersistTimeout = Seconds(ServiceFields.PersistTimeout, _arguments.PersistTimeout, (long)ServiceTimeouts.Maximum.TotalSeconds),
            SecondaryAddresses = ReadSecondaryAddresses(),
            AllowedSources = ReadAllowedSources(),
            Endpoints = endpoints,
        };

        Merge(ServiceValidator.Validate(service, positions));
        Merge(SupportedFunctions.Check(service));
        return service;
    }

    /// <summary>loxicmd sends every setting with its zero value when it attaches: they say nothing about the service.</summary>
    private Service ReadEndpointsOfService(out int[] positions)
    {
        var endpoints = ReadEndpoints(out positions);
        for (var i = 1; i < endpoints.Length; i++)
        {
            if (endpoints[i].Port == endpoints[i - 1].Port && endpoints[i].Address.Equals(endpoints[i - 1].Address))
            {
                Add(ServiceFields.Endpoint(positions[i]), endpoints[i], "each address and port once");
            }
        }

        return new Service { Key = ReadKey(endpoints), Endpoints = endpoints };
    }

    private ServiceKey ReadKey(ImmutableArray<ServiceEndpoint> endpoints)
    {
        var vip = Address(ServiceFields.Vip, _arguments.ExternalIP);
        if (vip is null)
        {
            // Any address of the endpoints' family, so that their families are not reported as well.
            vip = endpoints.IsEmpty || endpoints[0].Address.AddressFamily == AddressFamily.InterNetwork
                ? new IPAddress([192, 0, 2, 0]) : IPAddress.Parse("2001:db8::");
        }

        if (!ServiceProtocolNames.TryParse(_arguments.Protocol, out var protocol))
        {
            Add(ServiceFields.Protocol, _arguments.Protocol, "one of tcp, udp, sctp, icmp");
        }

        if (_arguments.Port is null)
        {
            Add(ServiceFields.Port, null, "0 to 65535");
        }

        var port = (ushort)Number(ServiceFields.Port, _arguments.Port, ushort.MaxValue);
        var portMax = (ushort)Number(ServiceFields.PortMax, _arguments.PortMax, ushort.MaxValue);
        var block = (uint)Number(ServiceFields.Block, _arguments.Block, uint.MaxValue);
        return new ServiceKey(vip, protocol, port, portMax == 0 ? port : portMax, block, _arguments.Host ?? "");
    }

    private TunnelMode ReadTunnel()
    {
        if (!TunnelModeNames.TryParse(_arguments.Tunnel, out var tunnel))
        {
            Add(ServiceFields.Tunnel, _arguments.Tunnel, TunnelModeNames.Expected);
        }

        return tunnel;
    }

    private ServiceProbe ReadProbe()
    {
        if (!ProbeTypeNames.TryParse(_arguments.ProbeType, out var type))
        {
            Add(ServiceFields.ProbeType, _arguments.ProbeType, "one of tcp, udp, sctp, http, https, ping, none");
        }

        var probe = new ServiceProbe
        {
            Type = type,
            Port = (ushort)Number(ServiceFields.ProbePort, _arguments.ProbePort, ushort.MaxValue),
            Request = _arguments.ProbeRequest ?? "",
            Response = _arguments.ProbeResponse ?? "",
            Timeout = Seconds(ServiceFields.ProbeTimeout, _arguments.ProbeTimeout, ServiceLimits.ProbeTimeoutSeconds),
            Retries = (int)Number(ServiceFields.ProbeRetries, _arguments.ProbeRetries, ServiceLimits.ProbeRetries),
        };
        return probe == ServiceProbe.Default ? ServiceProbe.Default : probe;
    }

    private ImmutableArray<ServiceEndpoint> ReadEndpoints(out int[] positions)
    {
        if (entry.Endpoints is not { Count: > 0 and <= ServiceLimits.EndpointsPerService } list)
        {
            Add(ServiceFields.Endpoints, entry.Endpoints?.Count ?? 0, $"1 to {ServiceLimits.EndpointsPerService} endpoints");
            positions = [];
            return [];
        }

        var endpoints = new ServiceEndpoint[list.Count];
        positions = new int[list.Count];
        var count = 0;
        for (var i = 0; i < list.Count; i++)
        {
            var item = list[i] ?? new LoadbalanceEndpoint();
            var address = Address(ServiceFields.EndpointAddress(i), item.EndpointIP);
            var port = Required(ServiceFields.EndpointPort(i), item.TargetPort, 0, ushort.MaxValue);
            var weight = Required(ServiceFields.EndpointWeight(i), item.Weight, 1, ServiceLimits.Weight);
            var draining = ReadDraining(i, item.State);
            if (address is not null && port is not null && weight is not null)
            {
                endpoints[count] = new ServiceEndpoint(address, (ushort)port, (int)weight) { Draining = draining };
                positions[count++] = i;
            }
        }

        Array.Resize(ref endpoints, count);
        Array.Resize(ref positions, count);
        Array.Sort(endpoints, positions);
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(endpoints);
    }

    /// <summary>Clients send back what they have got: active and inactive say how an endpoint was, not how it shall be.</summary>
    private bool ReadDraining(int index, string? state)
    {
        if (state is not (null or "" or EndpointStates.Active or EndpointStates.Inactive or EndpointStates.Draining))
        {
            Add(ServiceFields.EndpointState(index), state, "draining, active or inactive");
        }

        return state == EndpointStates.Draining;
    }

    private ImmutableArray<IPAddress> ReadSecondaryAddresses()
    {
        if (entry.SecondaryIPs is not { Count: > 0 } list)
        {
            return [];
        }

        var addresses = ImmutableArray.CreateBuilder<IPAddress>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            if (Address(ServiceFields.SecondaryAddress(i), list[i]?.SecondaryIP) is { } address)
            {
                addresses.Add(address);
            }
        }

        return addresses.DrainToImmutable();
    }

    private ImmutableArray<IPNetwork> ReadAllowedSources()
    {
        if (entry.AllowedSources is not { Count: > 0 } list)
        {
            return [];
        }

        var prefixes = ImmutableArray.CreateBuilder<IPNetwork>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            if (PrefixText.TryParse(list[i]?.Prefix, out var prefix))
            {
                prefixes.Add(prefix);
            }
            else
            {
                Add(ServiceFields.AllowedSource(i), list[i]?.Prefix, PrefixText.Expected);
            }
        }

        return prefixes.DrainToImmutable();
    }

    private IPAddress? Address(string field, string? text)
    {
        if (AddressText.TryParse(text, out var address))
        {
            return address;
        }

        Add(field, text, AddressExpected);
        return null;
    }

    private long? Required(string field, long? value, long least, long greatest)
    {
        if (value >= least && value <= greatest)
        {
            return value;
        }

        Add(field, value, $"{least} to {greatest}");
        return null;
    }

    private TimeSpan Seconds(string field, long? value, long greatest) => TimeSpan.FromSeconds(Number(field, value, greatest));

    private long Number(string field, long? value, long greatest)
    {
        if (value is null || (value >= 0 && value <= greatest))
        {
            return value ?? 0;
        }

        Add(field, value, $"0 to {greatest}");
        return 0;
    }

    private void Add(string field, object? value, string expected) => _problems.Add(Problem.Of(field, value, expected));

    private void Merge(ImmutableArray<Problem> found)
    {
        foreach (var problem in found)
        {
            // A member is reported once; the list of endpoints not at all when its members were what could not be read.
            if (!_problems.Exists(p => p.Field == problem.Field || (problem.Field == ServiceFields.Endpoints && p.Field.StartsWith(ServiceFields.Endpoints, StringComparison.Ordinal))))
            {
                _problems.Add(problem);
            }
        }
    }
}
