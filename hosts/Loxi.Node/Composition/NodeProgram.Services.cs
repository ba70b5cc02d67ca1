using Loxi.Bfd;
using Loxi.Core.Failures;
using Loxi.Core.Roles;
using Loxi.Core.Routes;
using Loxi.Ha.Announce;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Transport;
using Loxi.Nat;
using Loxi.Nat.DependencyInjection;
using Loxi.Nat.Selection;
using Loxi.Node.Bfd;
using Loxi.Node.Bgp;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.State;
using Microsoft.Extensions.Options;

namespace Loxi.Node.Composition;

/// <content>What the node is made of.</content>
internal static partial class NodeProgram
{
    private static void Configure(WebApplicationBuilder builder, NodeOptions options, ServiceStore store, LogLevelSwitch logLevel)
    {
        builder.Logging.ClearProviders();
        ConfigureLogging(builder.Logging, logLevel);
        builder.Services.AddLoxiNat(nat =>
        {
            nat.PinPath = options.PinDirectory;
            nat.HashSeed = options.HashSeed ?? Maglev.DefaultSeed;
            nat.PortSlice = options.PortSlice;
            nat.MaxConnections = options.MaxConnections ?? (int)MachineSize.DefaultConnections(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(logLevel);
        builder.Services.AddSingleton<NodeServices>();
        builder.Services.AddSingleton<INodeServices>(static provider => provider.GetRequiredService<NodeServices>());
        builder.Services.AddSingleton<INodePools>(static provider => provider.GetRequiredService<NodeServices>());
        builder.Services.AddSingleton<INodeConnections, NodeConnections>();
        builder.Services.AddSingleton(new EndpointStateFile(options.StateDirectory));
        builder.Services.AddSingleton<NodeEndpoints>();
        builder.Services.AddSingleton<INodeEndpoints>(static provider => provider.GetRequiredService<NodeEndpoints>());
        builder.Services.AddSingleton<INodeStatus, NodeStatusSource>();
        builder.Services.AddSingleton(new RoleStateFile(options.StateDirectory));
        builder.Services.AddSingleton<NodeRoles>();
        AddBfd(builder.Services, options);
        if (options.Bgp)
        {
            AddBgp(builder.Services, options);
        }

        AddHa(builder.Services, options);

        NodeMetrics.Add(builder, options.Instance);
    }

    private static void AddBfd(IServiceCollection services, NodeOptions options)
    {
        services.AddLoxiBfd(bfd => bfd.RealTimePriority = options.BfdPriority);
        services.AddSingleton<IBfdSpeaker, NodeSpeaker>();
        services.AddSingleton<IBfdNetwork, NodeNetwork>();
        services.AddSingleton(new BfdStateFile(options.StateDirectory));
        services.AddSingleton<NodeBfd>();
        services.AddSingleton<INodeBfd>(static provider => provider.GetRequiredService<NodeBfd>());
        services.AddSingleton<IKeepAliveSession>(static provider => provider.GetRequiredService<NodeBfd>());
        services.AddHostedService<BfdFarewell>();
    }

    /// <summary>After BFD, so that it stops before: routers are told that the node goes while BFD is up.</summary>
    private static void AddBgp(IServiceCollection services, NodeOptions options)
    {
        services.AddLoxiBgp();
        if (options.BgpInstallRoutes)
        {
            services.AddSingleton<IRouteInstaller, KernelRoutes>();
        }

        services.AddSingleton<INodeBgpSpeaker, NodeBgpSpeaker>();
        services.AddSingleton<IBgpHost, NodeNetwork>();
        services.AddSingleton(options.BgpDefaults);
        services.AddSingleton(options.Announcements);
        services.AddSingleton(new BgpStateFile(options.StateDirectory));
        services.AddSingleton<IAnnouncedServices, NodeAnnouncedServices>();
        services.AddSingleton<NodeBgp>();
        services.AddSingleton<INodeBgp>(static provider => provider.GetRequiredService<NodeBgp>());
        services.AddSingleton<NodeAnnouncer>();
        services.AddHostedService<BgpFarewell>();
    }

    /// <summary>Last, so that it stops first: roles go to other nodes while everything else still serves.</summary>
    private static void AddHa(IServiceCollection services, NodeOptions options)
    {
        services.AddSingleton<IRoleGates>(static provider => provider.GetRequiredService<NatBalancer>().Gates);
        services.AddSingleton<IFailureDetector>(static provider => new BfdFailureDetector(provider.GetRequiredService<BfdSpeaker>()));
        services.AddLoxiHa(ha => (ha.RealTimePriority, ha.StateDirectory) = (options.Ha.Priority, options.StateDirectory))
            .AddAnnouncer(HaLeftovers.OptionsOf(options));
        services.AddSingleton<IPeerWays, NodePeerWays>();
        services.AddSingleton<NodeMoves>();
        services.AddSingleton<NodeVips>();
        services.AddSingleton<IRoleEffects>(static provider => provider.GetRequiredService<NodeVips>());
        services.AddSingleton(new HaFile(options.StateDirectory));
        services.AddSingleton<HaConfiguration>();
        services.AddSingleton<IRoleSpeaker, NodeRoleSpeaker>();
        services.AddSingleton<ILinkAnnouncer, NodeLinkAnnouncer>();
        services.AddSingleton<IHostLinks, NodeNetwork>();
        services.AddSingleton<IGroupedServices>(static provider => provider.GetRequiredService<NodeServices>());
        services.AddSingleton<IDataPlane, NodeDataPlane>();
        services.AddSingleton<IGatewayRoutes, GatewayRoutes>();
        services.AddSingleton<NodeFaults>();
        services.AddSingleton<IHostCheck, NodeHaCheck>();
        services.AddSingleton(static provider =>
        {
            var connections = provider.GetRequiredService<NatBalancer>().Connections;
            return new SyncedConnections(connections, connections.Capacity, provider.GetRequiredService<IOptions<LoxiNatOptions>>().Value.Timeouts, provider.GetRequiredService<NatBalancer>().Persistence);
        });
        services.AddSingleton(provider => new ConnectionSums(provider.GetRequiredService<SyncedConnections>().Table, provider.GetRequiredService<NodeSync>().Keeps, (byte)options.PortSlice.Index));
        services.AddSingleton<NodeSync>();
        services.AddSingleton<INodeSync>(static provider => provider.GetRequiredService<NodeSync>());
        if (options.Ha.KeepsConnections)
        {
            services.AddSingleton<ISyncSpeaker>(static provider => provider.GetRequiredService<NodeSync>());
            services.AddSingleton<SyncMetrics>();
        }

        services.AddSingleton<NodeHa>();
        services.AddSingleton<INodeHaSettings>(static provider => provider.GetRequiredService<NodeHa>());
        services.AddSingleton<INodeHaMoves>(static provider => provider.GetRequiredService<NodeHa>());
        services.AddSingleton<INodeHa>(static provider => provider.GetRequiredService<NodeHa>());
        services.AddSingleton<INodeRoles>(static provider => provider.GetRequiredService<NodeHa>());
        services.AddHostedService<HaFarewell>();
    }
}
