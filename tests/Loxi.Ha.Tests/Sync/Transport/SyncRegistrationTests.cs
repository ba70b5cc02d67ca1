using System.Net;
using FluentAssertions;
using Loxi.Ha.DependencyInjection;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary><c>AddSync</c>: a table in a container.</summary>
public sealed class SyncRegistrationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-sync-di").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task TwoHosts_KeepTheirTablesAlike_FromStartToStop()
    {
        using var other = SyncCertificate.LoadOrCreate(StateOf(1));
        var (a, b) = (new FakeTable(0), new FakeTable(1));
        await using var one = Provider(1, b, sync => sync.Settings = new SyncSpeakerSettings { Peers = [new SyncPeerSettings(0) { Pins = [Pin(0)] }], Listen = [new IPEndPoint(IPAddress.Loopback, 0)] });
        await Hosted(one).StartAsync(Token);
        var listens = (await one.GetRequiredService<ISyncSpeaker>().ReadStatusAsync()).LocalEndPoints.Should().ContainSingle().Subject;
        await using var zero = Provider(0, a, sync => sync.Settings = new SyncSpeakerSettings { Peers = [new SyncPeerSettings(1) { Pins = [other.Pin], Addresses = [listens] }] });

        await Hosted(zero).StartAsync(Token);
        a.Put(1, 10);
        await b.UntilAsync(static t => t.Count == 1);

        await Hosted(zero).StopAsync(Token);
        await FluentActions.Awaiting(() => zero.GetRequiredService<ISyncSpeaker>().ReadStatusAsync()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task OptionsThatAreWrong_AreNamedWhenTheHostStarts()
    {
        await using var provider = Provider(256, new FakeTable(0), static sync => (sync.StateDirectory, sync.MaxEntries, sync.ChangeQueue) = (null, 0, 1));

        var failures = FluentActions.Invoking(() => provider.GetRequiredService<IStartupValidator>().Validate()).Should().Throw<OptionsValidationException>().Which.Failures;

        failures.Should().HaveCount(4);
        string.Join(' ', failures).Should().Contain("NodeId").And.Contain("StateDirectory").And.Contain("MaxEntries").And.Contain("ChangeQueue");
    }

    [Fact]
    public async Task SettingsThatAreWrong_AreNamed_AndTheHostDoesNotStart()
    {
        await using var provider = Provider(0, new FakeTable(0), static sync => sync.Settings = new SyncSpeakerSettings { Peers = [new SyncPeerSettings(0) { Pins = [] }] });

        (await FluentActions.Awaiting(() => Hosted(provider).StartAsync(Token)).Should().ThrowAsync<InvalidSyncSettingsException>()).Which.Problems.Should().HaveCount(2);
    }

    [Fact]
    public async Task WithoutSettings_TheApplicationBegins()
    {
        await using var provider = Provider(0, new FakeTable(0), static sync => sync.Engine = static engine => engine with { Layout = 7 });
        await Hosted(provider).StartAsync(Token);
        var speaker = provider.GetRequiredService<SyncSpeaker<ulong, uint>>();
        await FluentActions.Awaiting(speaker.ReadStatusAsync).Should().ThrowAsync<InvalidOperationException>();

        await speaker.ApplyAsync(new SyncSpeakerSettings(), Token);

        (await speaker.ReadStatusAsync()).Pin.Should().Be(Pin(0));
    }

    [Fact]
    public async Task WhoHasNotBegun_MakesNoSpeakerToEndIt()
    {
        await using var provider = Provider(0, new FakeTable(0), static _ => { });
        await Hosted(provider).StartAsync(Token);

        await Hosted(provider).StopAsync(Token);

        Directory.EnumerateFileSystemEntries(_directory, "*.pem", SearchOption.AllDirectories).Should().BeEmpty("the certificate is made with the speaker");
    }

    private static IHostedService Hosted(IServiceProvider provider) => provider.GetServices<IHostedService>().Should().ContainSingle().Subject;

    private ServiceProvider Provider(int node, FakeTable table, Action<LoxiSyncOptions> configure) => new ServiceCollection()
        .AddSingleton<ISyncTable<ulong, uint>>(table)
        .AddSingleton<ISyncSchema<ulong, uint>>(FakeTable.Schema)
        .AddLoxiHa()
        .AddSync<ulong, uint>(sync =>
        {
            (sync.NodeId, sync.StateDirectory, sync.MaxEntries) = (node, StateOf(node), 1024);
            configure(sync);
        })
        .Services.BuildServiceProvider();

    private string StateOf(int node) => Directory.CreateDirectory(Path.Combine(_directory, $"{node}")).FullName;

    private CertificatePin Pin(int node)
    {
        using var certificate = SyncCertificate.LoadOrCreate(StateOf(node));
        return certificate.Pin;
    }
}
