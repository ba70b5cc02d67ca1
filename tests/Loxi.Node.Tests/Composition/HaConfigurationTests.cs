using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ha.Transport;
using Loxi.Node.Composition;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.State;
using Loxi.Node.Tests.Ha;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>What is stored, and what flags say beside it.</summary>
public sealed class HaConfigurationTests : IDisposable
{
    private const string Peers = """{"version":1,"peers":[{"node":2,"paths":[{"address":"192.0.2.3","local":"192.0.2.1","interface":"eth0"}]}]}""";
    private const string Keys = """{"version":1,"authentication":{"mode":"enforce","send":2,"keys":[{"id":1,"secret":"00112233445566778899aabbccddeeff"},{"id":2,"secret":"00112233445566778899aabbccddeef0"}]}}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-ha-config-").FullName;
    private readonly List<string> _log = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void WithoutAFile_TheFlagsAreInForce()
    {
        var model = Load(null);

        model.Peers.Should().Equal(HaHarness.Peer);
        (model.ArePeersStored, model.IsAuthenticationStored).Should().Be((false, false));
        _log.Should().BeEmpty();
    }

    [Fact]
    public void StoredPeers_AreInForce_AndFlagsThatDifferAreTold()
    {
        var model = Load(Peers);

        model.Peers.Should().ContainSingle().Which.Paths.Should().Equal(new RolePath(IPAddress.Parse("192.0.2.3")) { LocalAddress = IPAddress.Parse("192.0.2.1"), Interface = "eth0" });
        _log.Should().ContainSingle().Which.Should().StartWith("--cluster says 'node 1: 192.0.2.2, 198.51.100.2', which is not in force: 'node 2: 192.0.2.1 -> 192.0.2.3 on eth0' was stored in ");
    }

    [Fact]
    public void StoredPeers_ThatAreThoseOfTheFlags_AreNotTold()
    {
        Load("""{"version":1,"peers":[{"node":1,"paths":[{"address":"198.51.100.2"},{"address":"192.0.2.2"}]}]}""");

        _log.Should().BeEmpty();
    }

    [Fact]
    public void StoredKeys_AreInForce_AndFlagsThatDifferAreTold()
    {
        var model = Load(Keys, HaHarness.Decides() with { Ha = new HaOptions { Peers = [HaHarness.Peer], KeyFile = "/nowhere", Mode = HelloAuthenticationMode.Permissive } });

        model.Authentication.Should().BeEquivalentTo(new { Mode = HelloAuthenticationMode.Enforce, SendKeyId = (ushort?)2 });
        model.Authentication.Keys.Should().HaveCount(2);
        _log.Should().HaveCount(2).And.Contain(static l => l.StartsWith("--ha-auth says 'permissive'")).And.Contain(static l => l.StartsWith("--ha-keys says '/nowhere'"));
    }

    [Fact]
    public void WithoutOtherNodesByFlags_NothingStoredIsUsed_AndThatIsTold()
    {
        var model = Load(Peers, new NodeOptions());

        model.Peers.Should().BeEmpty();
        _log.Should().ContainSingle().Which.Should().EndWith("are not used: without --cluster the nodes do not decide");
    }

    [Fact]
    public void RequiredAuthentication_TakesStoredKeys_AndRefusesTheirAbsence()
    {
        var required = HaHarness.Decides() with { Ha = new HaOptions { Peers = [HaHarness.Peer], Required = true, Mode = HelloAuthenticationMode.Enforce } };

        Load(Keys, required).Authentication.Required.Should().BeTrue();
        this.Invoking(t => t.Load(null, required)).Should().Throw<InvalidOperationException>().WithMessage("--ha-auth: value 'required', expected keys by --ha-keys*");
        this.Invoking(t => t.Load(Keys.Replace("enforce", "permissive"), required)).Should().Throw<StateFileException>().WithMessage("*authentication.mode*because authentication is required");
    }

    [Theory]
    [InlineData("{", "complete JSON")]
    [InlineData("[]", "an object with peers, drain and authentication")]
    [InlineData("""{"version":2}""", "version: value '2', expected 1")]
    [InlineData("""{"peers":[{"node":0,"paths":[{"address":"192.0.2.3"}]}]}""", "peers[0].node: value '0', expected another id than the own")]
    [InlineData("""{"peers":[{"node":4,"paths":[{"address":"192.0.2.3"}]}]}""", "less than the number of slices 4")]
    [InlineData("""{"peers":[{"node":1,"paths":[]}]}""", "peers[0].paths: value 'none', expected at least one path")]
    [InlineData("""{"peers":[]}""", "at least one where the nodes decide")]
    [InlineData("""{"peers":[{"node":1,"way":1}]}""", "peers[0].way")]
    [InlineData("""{"authentication":{"mode":"enforce"}}""", "authentication.keys: value 'none', expected keys, or the flag --ha-keys")]
    [InlineData("""{"authentication":{"mode":"enforce","keys":[{"id":1,"secret":"s3cret"}]}}""", "authentication.keys[0].secret: value '6 characters'")]
    [InlineData("""{"authentication":{"mode":"enforce","keys":[{"id":1,"secret":["s3cret"]}]}}""", "authentication.keys[0].secret")]
    public void DamagedFile_IsNamed_WithoutASecret(string text, string expected) =>
        this.Invoking(t => t.Load(text)).Should().Throw<StateFileException>().Which.Message.Should().Contain("ha.json").And.Contain(expected).And.NotContain("s3cret");

    [Fact]
    public void SessionOfKeepAlive_FollowsTheStoredPeers()
    {
        var watched = new KeepAlive(new Loxi.Bfd.BfdSessionSettings(IPAddress.Parse("192.0.2.2")));

        Load(null).Follow(watched).Should().BeSameAs(watched);
        Load(Peers).Follow(watched).Should().BeNull();
        Load(Peers, new NodeOptions()).Follow(watched).Should().BeSameAs(watched, "BFD alone needs no nodes that decide");
    }

    private HaModel Load(string? text, NodeOptions? options = null)
    {
        var file = new HaFile(_directory);
        File.Delete(file.Path);
        if (text is not null)
        {
            File.WriteAllText(file.Path, text);
        }

        var configuration = new HaConfiguration(file, options ?? HaHarness.Decides(), new Lines(_log));
        configuration.Load();
        return configuration.Current;
    }

    private sealed class Lines(List<string> lines) : ILogger<HaConfiguration>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Add(formatter(state, exception));
    }
}
