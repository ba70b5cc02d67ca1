using System.Net;
using FluentAssertions;
using Loxi.Bgp.Diagnostics;
using Loxi.Bgp.Tests.Speaker;
using Loxi.Core.Failures;
using Loxi.Core.Routes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Loxi.Bgp.Tests.DependencyInjection;

public sealed class AddLoxiBgpTests
{
    private static readonly BgpConfiguration Configuration = new(new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1")) { ListenPort = 0 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void NoContainerOrConfiguration_IsNamed()
    {
        FluentActions.Invoking(static () => LoxiBgpServiceCollectionExtensions.AddLoxiBgp(null!)).Should().Throw<ArgumentNullException>().WithParameterName("services");
        FluentActions.Invoking(static () => LoxiBgpBuilderExtensions.StartWithHost(null!, Configuration)).Should().Throw<ArgumentNullException>().WithParameterName("builder");
        FluentActions.Invoking(static () => new ServiceCollection().AddLoxiBgp().StartWithHost(null!)).Should().Throw<ArgumentNullException>().WithParameterName("configuration");
        FluentActions.Invoking(static () => new ServiceCollection().AddLoxiBgp().StartWithHost(Configuration, null!)).Should().Throw<ArgumentNullException>().WithParameterName("advertisements");
    }

    [Fact]
    public async Task Twice_RegistersOnce_AndTheSpeakerOpensNothing()
    {
        var services = new ServiceCollection();

        services.AddLoxiBgp().StartWithHost(Configuration);
        services.AddLoxiBgp().StartWithHost(Configuration).Services.Should().BeSameAs(services);

        foreach (var type in new[] { typeof(BgpSpeaker), typeof(BgpMetrics), typeof(TimeProvider), typeof(IHostedService) })
        {
            services.Count(service => service.ServiceType == type).Should().Be(1, type.Name);
        }

        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<BgpSpeaker>().ReadStatus().IsConfigured.Should().BeFalse();
    }

    [Fact]
    public async Task StartWithHost_WrongConfiguration_TheHostDoesNotStart()
    {
        await using var provider = new ServiceCollection().AddLoxiBgp().StartWithHost(Configuration with { Speaker = Configuration.Speaker with { LocalAs = 0 } }).Services.BuildServiceProvider();

        (await FluentActions.Awaiting(() => provider.GetRequiredService<IHostedService>().StartAsync(Cancellation)).Should().ThrowAsync<InvalidBgpConfigurationException>())
            .Which.Problems.Should().ContainSingle().Which.Field.Should().Be("speaker.localAs");
    }

    /// <summary>The installer of the container gets the routes, its failure detector ends the session, and both from the start of the host to its stop.</summary>
    [Fact]
    public async Task InstallerAndFailureDetectorOfTheContainer_AreUsed()
    {
        await using var pair = new SpeakerPair();
        var (installer, failures) = (new FakeInstaller(), new Failures());
        var services = new ServiceCollection();
        services.AddSingleton<IRouteInstaller>(installer).AddSingleton<IFailureDetector>(failures);
        services.AddLoxiBgp().StartWithHost(pair.ConfigurationB with { Peers = [pair.ConfigurationB.Peers[0] with { Bfd = BgpBfdMode.Follow }] }, SpeakerPair.Vip(2));
        await using var provider = services.BuildServiceProvider();
        var host = provider.GetRequiredService<IHostedService>();
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1)], Cancellation);
        await pair.A.ApplyAsync(pair.ConfigurationA, cancellationToken: Cancellation);

        await host.StartAsync(Cancellation);
        await SpeakerPair.UntilAsync(() => installer.Routes.SequenceEqual([SpeakerPair.Vip(1).Prefix]));
        await SpeakerPair.UntilAsync(() => pair.A.ReadRoutes(new BgpRouteQuery(BgpRouteKind.Received)).Routes.Any(static route => route.Prefix == SpeakerPair.Vip(2).Prefix));
        failures.Tell(new PeerReachability(pair.AddressA, null, ReachabilityState.Up, false));
        failures.Tell(new PeerReachability(pair.AddressA, null, ReachabilityState.Down, false));

        await SpeakerPair.UntilAsync(pair.ChangesOfA, BgpState.Idle);
        pair.PeerOfA.LastEnd.Should().BeEquivalentTo(new { IsRemote = true, Code = (byte?)6, Subcode = (byte?)10 });
        failures.Tell(new PeerReachability(pair.AddressA, null, ReachabilityState.Up, false));
        await SpeakerPair.UntilAsync(pair.ChangesOfA, BgpState.Established);
        await host.StopAsync(Cancellation);
        await SpeakerPair.UntilAsync(pair.ChangesOfA, BgpState.Idle);
        pair.PeerOfA.LastEnd.Should().BeEquivalentTo(new { IsRemote = true, Code = (byte?)6, Subcode = (byte?)2 });
        failures.HasListener.Should().BeFalse();
    }

    /// <summary>Tells what a test says.</summary>
    private sealed class Failures : IFailureDetector
    {
        private Action<PeerReachability>? _listener;

        internal bool HasListener => _listener is not null;

        public IDisposable Subscribe(Action<PeerReachability> listener)
        {
            _listener = listener;
            return new Subscription(this);
        }

        internal void Tell(PeerReachability reachability) => _listener!(reachability);

        private sealed class Subscription(Failures failures) : IDisposable
        {
            public void Dispose() => failures._listener = null;
        }
    }
}
