using Loxi.Bfd;
using Loxi.Core;
using Loxi.Core.Failures;
using Loxi.Core.Roles;
using Loxi.Core.Routes;
using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ha.Announce;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Linux.Processes;
using Loxi.Nat;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Interfaces;
using Loxi.Nat.Selection;
using Loxi.Nat.Tables;
using Loxi.Node.Bfd;
using Loxi.Node.Bgp;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.State;
using Microsoft.Extensions.Options;

namespace Loxi.Node.Composition;

/// <summary>The life of a node: adopt or create the data plane, take the port, put the saved services in force, attach, serve, leave.</summary>
internal static partial class NodeProgram
{
    private const int Failure = 1;

    /// <summary>The nice value of a node whose roles or BFD are real-time: about nine parts of a processor for each one of an ordinary process.</summary>
    private const int RealTimeNice = -10;
    private static readonly TimeSpan FavourInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs until told to stop. Every expected failure is one line on standard error and exit code 1.</summary>
    public static async Task<int> RunAsync(NodeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return options.ShowPin ? await ShowPinAsync(options)
                : options.Purge == PurgeMode.Now ? await PurgeAsync(options)
                : await ServeAsync(options, cancellationToken);
        }
        catch (Exception e) when (IsExpected(e))
        {
            await Console.Error.WriteLineAsync($"loxid: {e.Message}");
            return Failure;
        }
    }

    private static bool IsExpected(Exception e) =>
        e is EbpfException or UnsupportedKernelFeatureException or PinnedLayoutException or StateFileException or LinuxException
            or IOException or UnauthorizedAccessException or InvalidOperationException or InvalidServicesException or ArgumentException
            or OptionsValidationException or InvalidRoleSpeakerSettingsException or InvalidAnnouncementException or SyncCertificateException or InvalidSyncSettingsException
        // A change that could not be taken back: why it failed, and why it stays.
        || (e is AggregateException several && several.InnerExceptions.All(IsExpected));

    private static async Task<int> ShowPinAsync(NodeOptions options)
    {
        using var certificate = SyncCertificate.LoadOrCreate(options.StateDirectory);
        await Console.Out.WriteLineAsync(certificate.Pin.ToString());
        return 0;
    }

    private static async Task<int> ServeAsync(NodeOptions options, CancellationToken cancellationToken)
    {
        RequirePrivileges();
        RequireInterfaces(options.Hook);
        using var instance = InstanceLock.Take(options.StateDirectory, options.Instance);
        var logLevel = new LogLevelSwitch(options.LogLevel);
        using var loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, logLevel));
        var logger = loggers.CreateLogger("Loxi.Node");
        using var favour = FavourThreads(options, logger);
        await using var store = new ServiceStore(options.StateDirectory, logger);
        LogLoading(logger, store.Path);
        // Beside the making of the tables: both take most of the time of a start.
        var loading = Task.Run(store.Load, cancellationToken);
        var mounted = BpfFs.EnsureMounted(BpfFs.DefaultPath);
        if (mounted)
        {
            LogMounted(logger, BpfFs.DefaultPath);
        }

        using var pins = InstanceLock.TakePins(options.PinDirectory);
        using var sysctls = new NodeSysctls(options.StateDirectory, options.NoSysctl, logger);
        var rest = new RestOptions(options.ListenAddresses, options.Port, options.ApiAllow);
        await using var app = RestHost.Create(rest, builder => Configure(builder, options, store, logLevel));
        var balancer = app.Services.GetRequiredService<NatBalancer>();
        var services = app.Services.GetRequiredService<NodeServices>();
        app.MapPrometheusScrapingEndpoint("/metrics");
        try
        {
            var saved = await loading;
            await app.Services.GetRequiredService<NodeEndpoints>().StartAsync();
            var bfd = app.Services.GetRequiredService<NodeBfd>();
            var configuration = app.Services.GetRequiredService<HaConfiguration>();
            configuration.Load();
            bfd.Load(configuration.Current.Follow(options.KeepAlive));
            app.Services.GetRequiredService<NodeRoles>().Load();
            var bgp = app.Services.GetService<NodeBgp>();
            bgp?.Load();
            await RestHost.StartAsync(app, rest, cancellationToken);
            await PutInForceAsync(services, saved, store.Path);
            // What reading the services took is given back to the machine now: later there is little garbage and so no reason to look for it. Before roles are
            // decided: it stops their thread too, on a busy machine for longer than the other nodes wait.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await app.Services.GetRequiredService<NodeSync>().StartAsync();
            await app.Services.GetRequiredService<NodeHa>().StartAsync();
            sysctls.Start();
            balancer.Start(PolicyOf(options), sysctls.OnAttached);
            sysctls.ThrowIfWrong();
            // Last: a session that is up tells the peer that this node serves.
            await bfd.StartAsync();
            if (bgp is not null)
            {
                await app.Services.GetRequiredService<NodeAnnouncer>().StartAsync();
                await bgp.StartAsync(balancer.Adopted);
            }
        }
        catch
        {
            if (!balancer.Adopted)
            {
                balancer.Purge();
                RestoreIfPossible(sysctls, logger);
            }

            throw;
        }

        LogReady(logger, options.Instance, string.Join(", ", app.Urls), balancer.Current.Count, balancer.Adopted);
        await app.Services.GetRequiredService<NodeHa>().ServeAsync();
        await app.WaitForShutdownAsync(cancellationToken);
        if (options.Purge == PurgeMode.OnExit)
        {
            balancer.Purge();
            sysctls.Restore();
            LogPurged(logger, options.Instance);
        }

        return app.Services.GetRequiredService<NodeHa>().HasFailed ? Failure : 0;
    }

    /// <summary>
    /// A collection of garbage stops the real-time threads too, and ends when threads of the ordinary class have done it: beside busy processes they must not wait. The collector has no thread of its own
    /// for most collections: whoever allocates, or asks for one, does it.
    /// </summary>
    private static ITimer? FavourThreads(NodeOptions options, ILogger logger)
    {
        if (options.Ha.Priority == 0 && options.BfdPriority == 0)
        {
            return null;
        }

        ITimer? timer = null;
        void Favour(object? state)
        {
            try
            {
                Scheduling.SetNice(RealTimeNice);
            }
            catch (LinuxException e)
            {
                LogNotFavoured(logger, e.Message);
                timer?.Dispose();
            }
        }

        Favour(null);
        // Again and again: a thread that a real-time thread starts has the ordinary value (SCHED_RESET_ON_FORK), and threads of the pool may be such.
        return timer = TimeProvider.System.CreateTimer(Favour, null, FavourInterval, FavourInterval);
    }

    /// <summary>After a start that failed: why it failed is what is reported.</summary>
    private static void RestoreIfPossible(NodeSysctls sysctls, ILogger logger)
    {
        try
        {
            sysctls.Restore();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRestored(logger, e.Message);
        }
    }

    private static async Task PutInForceAsync(NodeServices services, DesiredState saved, string path)
    {
        try
        {
            await services.StartAsync(saved);
        }
        catch (TableFullException e)
        {
            throw new StateFileException(path, [Problem.Of("lbAttr", $"{saved.Services.Count} services", $"at most {e.Capacity} {e.What}")], e);
        }
    }

    /// <summary>To load programs, attach them, answer refused packets, and mount the BPF file system.</summary>
    private static void RequirePrivileges() =>
        CapabilitySet.ReadEffective().Require("run the data plane", Capability.Bpf, Capability.NetAdmin, Capability.NetRaw, Capability.SysAdmin);

    /// <summary>A hook for an interface that is not there is a slip of the pen: the one that was meant would get another hook.</summary>
    private static void RequireInterfaces(HookSelection hook)
    {
        using var netlink = new RtnetlinkClient();
        var present = netlink.GetLinks().Select(link => link.Name).ToHashSet(StringComparer.Ordinal);
        if (hook.ByInterface.Keys.FirstOrDefault(name => !present.Contains(name)) is { } unknown)
        {
            var expected = $"interfaces of this machine: {string.Join(", ", present.Order(StringComparer.Ordinal))}";
            throw new InvalidOperationException(Problem.Of("--hook", unknown, expected).ToString());
        }
    }

    private static async Task<int> PurgeAsync(NodeOptions options)
    {
        RequirePrivileges();
        using var instance = InstanceLock.Take(options.StateDirectory, options.Instance);
        BpfFs.EnsureMounted(BpfFs.DefaultPath);
        using var pins = InstanceLock.TakePins(options.PinDirectory);
        using var loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, new LogLevelSwitch(options.LogLevel)));
        NatBalancer.PurgePinned(options.PinDirectory, loggers);
        KernelRoutes.RemoveAll();
        await HaLeftovers.RemoveAsync(options, loggers);
        using var sysctls = new NodeSysctls(options.StateDirectory, checkOnly: false, loggers.CreateLogger("Loxi.Node"));
        sysctls.Restore();
        return 0;
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevelSwitch logLevel)
    {
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter((_, category, level) => logLevel.Allows(category, level));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
    }

    private static InterfacePolicy PolicyOf(NodeOptions options) => new()
    {
        DefaultHook = options.Hook.Default,
        Hooks = options.Hook.ByInterface,
        Whitelist = options.Interfaces.Whitelist,
        Blacklist = options.Interfaces.Blacklist,
        EgressHooks = options.EgressHooks,
    };

    [LoggerMessage(8000, LogLevel.Information, "Mounted a BPF file system on {Path}")]
    private static partial void LogMounted(ILogger logger, string path);

    [LoggerMessage(8001, LogLevel.Information, "Instance {Instance} ready on {Urls}: {Services} services, data plane adopted: {Adopted}")]
    private static partial void LogReady(ILogger logger, string instance, string urls, int services, bool adopted);

    [LoggerMessage(8003, LogLevel.Information, "Loading the services of {Path}")]
    private static partial void LogLoading(ILogger logger, string path);

    [LoggerMessage(8004, LogLevel.Warning, "The threads beside the real-time ones have no greater share of busy processors, and those wait for them while garbage is collected: {Problem}")]
    private static partial void LogNotFavoured(ILogger logger, string problem);

    [LoggerMessage(8012, LogLevel.Warning, "The sysctls stay as they are: {Problem}")]
    private static partial void LogNotRestored(ILogger logger, string problem);

    [LoggerMessage(8002, LogLevel.Information, "Instance {Instance} has removed all that it put on the machine")]
    private static partial void LogPurged(ILogger logger, string instance);
}
