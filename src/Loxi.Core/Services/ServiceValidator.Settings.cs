using System.Collections.Immutable;

namespace Loxi.Core.Services;

/// <content>The settings of a service and what they allow each other.</content>
public static partial class ServiceValidator
{
    private static void ValidateSettings(Service service, ImmutableArray<Problem>.Builder problems)
    {
        CheckText(ServiceFields.Name, service.Name, ServiceLimits.NameLength, problems);
        CheckEnum(ServiceFields.Selection, (int)service.Selection, (int)SelectionPolicy.N3, problems);
        CheckEnum(ServiceFields.Mode, (int)service.Mode, (int)NatMode.HostOneArm, problems);
        CheckEnum(ServiceFields.Security, (int)service.Security, (int)ServiceSecurity.EndToEndHttps, problems);
        CheckSeconds(ServiceFields.InactiveTimeout, service.InactiveTimeout, (int)ServiceTimeouts.Maximum.TotalSeconds, problems);
        if (!NameRules.IsValid(service.VipGroup))
        {
            problems.Add(Problem.Of(ServiceFields.VipGroup, service.VipGroup, NameRules.Expected));
        }

        ValidateSelection(service, problems);
        ValidateMode(service, problems);
        ValidateSource(service, problems);
    }

    private static void ValidateSelection(Service service, ImmutableArray<Problem>.Builder problems)
    {
        if (service.Mode == NatMode.Dsr && service.Selection != SelectionPolicy.Hash)
        {
            problems.Add(Problem.Of(ServiceFields.Selection, (int)service.Selection, "1 (hash) with mode 3 (dsr)"));
        }

        // Selections that give every node the same table cannot follow a share that grows with the time of one node.
        if (service.SlowStart != TimeSpan.Zero && service.Selection is not (SelectionPolicy.RoundRobin or SelectionPolicy.WeightedRoundRobin or SelectionPolicy.LeastConnections))
        {
            problems.Add(Problem.Of(ServiceFields.SlowStart, service.SlowStart.TotalSeconds, $"0 with sel {(int)service.Selection}: only 0 (rr), 2 (wrr) and 4 (lc) start slowly"));
        }
        else
        {
            CheckSeconds(ServiceFields.SlowStart, service.SlowStart, ServiceLimits.SlowStartSeconds, problems);
        }

        if (service.PersistTimeout != TimeSpan.Zero && service.Selection != SelectionPolicy.Persist)
        {
            problems.Add(Problem.Of(ServiceFields.PersistTimeout, service.PersistTimeout.TotalSeconds, $"0 with sel {(int)service.Selection}: only 3 (persist) has it"));
        }
        else
        {
            CheckSeconds(ServiceFields.PersistTimeout, service.PersistTimeout, (int)ServiceTimeouts.Maximum.TotalSeconds, problems);
        }
    }

    private static void ValidateMode(Service service, ImmutableArray<Problem>.Builder problems)
    {
        if (service.Egress && service.Mode is NatMode.Dsr or NatMode.FullProxy or NatMode.HostOneArm)
        {
            problems.Add(Problem.Of(ServiceFields.Egress, "true", $"false with mode {Spell(service.Mode)}"));
        }

        if (service.Egress && service.Bgp)
        {
            problems.Add(Problem.Of(ServiceFields.Bgp, "true", "false with egress"));
        }

        if (service.Tunnel > TunnelMode.None)
        {
            problems.Add(Problem.Of(ServiceFields.Tunnel, (int)service.Tunnel, TunnelModeNames.Expected));
        }
        else if (service.Tunnel != TunnelMode.Auto && service.Mode != NatMode.Dsr)
        {
            problems.Add(Problem.Of(ServiceFields.Tunnel, TunnelModeNames.NameOf(service.Tunnel), $"auto with mode {Spell(service.Mode)}: only 3 (dsr) has tunnels"));
        }

        if (!service.ClampMss)
        {
            return;
        }

        if (service.Key.Protocol != ServiceProtocol.Tcp)
        {
            problems.Add(Problem.Of(ServiceFields.ClampMss, "true", $"false with protocol {ServiceProtocolNames.NameOf(service.Key.Protocol)}"));
        }
        else if (service is { Mode: NatMode.Dsr, Tunnel: TunnelMode.None })
        {
            problems.Add(Problem.Of(ServiceFields.ClampMss, "true", "false with tunnel none"));
        }
        else if (service.Mode == NatMode.FullProxy)
        {
            problems.Add(Problem.Of(ServiceFields.ClampMss, "true", $"false with mode {Spell(service.Mode)}"));
        }
    }

    /// <summary>Where the address that sources are rewritten to comes from.</summary>
    private static void ValidateSource(Service service, ImmutableArray<Problem>.Builder problems)
    {
        if (service.PrivateAddress is { } address)
        {
            if (!AddressRules.IsUsable(address))
            {
                problems.Add(Problem.Of(ServiceFields.PrivateAddress, address, AddressRules.Usable));
            }
            else if (service.Mode != NatMode.FullNat)
            {
                problems.Add(Problem.Of(ServiceFields.PrivateAddress, address, $"none with mode {Spell(service.Mode)}: only 2 (fullnat) has it"));
            }
            else if (service.SourcePool is not null)
            {
                problems.Add(Problem.Of(ServiceFields.PrivateAddress, address, "none with sourcePool"));
            }
            else if (service.Endpoints.Any(e => e.Address.Equals(address)))
            {
                // The endpoint would take the answers for its own.
                problems.Add(Problem.Of(ServiceFields.PrivateAddress, address, "an address of none of the endpoints"));
            }
        }

        if (service.SourcePool is not { } pool)
        {
            return;
        }

        if (!NameRules.IsValid(pool))
        {
            problems.Add(Problem.Of(ServiceFields.SourcePool, pool, NameRules.Expected));
        }
        else if (service.Mode is NatMode.Dsr or NatMode.FullProxy)
        {
            problems.Add(Problem.Of(ServiceFields.SourcePool, pool, $"none with mode {Spell(service.Mode)}: it rewrites no source"));
        }
    }

    private static string Spell(NatMode mode) => $"{(int)mode} ({NatModeNames.NameOf(mode)})";
}
