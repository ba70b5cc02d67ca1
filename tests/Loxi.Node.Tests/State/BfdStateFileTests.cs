using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Node.Bfd;
using Loxi.Node.State;
using Loxi.Node.Tests.Bfd;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class BfdStateFileTests : IDisposable
{
    private const string Good = """{"remoteIp":"192.0.2.2","interval":50000,"retryCount":3}""";
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-bfd-").FullName;
    private readonly BfdStateFile _file;

    public BfdStateFileTests() => _file = new BfdStateFile(_directory);

    private static BfdModel Sample
    {
        get
        {
            var model = BfdModel.Empty;
            foreach (var arguments in new BfdArguments[]
            {
                new() { RemoteIP = "192.0.2.2", Interval = 50_000, RetryCount = 3 },
                new()
                {
                    RemoteIP = "2001:db8:1::2", SourceIP = "2001:db8::1", Interval = 3_000, RetryCount = 255, MinRx = 4_294_967_295, Multihop = true, MinTtl = 250, Passive = true, Interface = "eth0",
                    Authentication = new BfdAuthenticationArguments { Type = "meticulous-sha1", ActiveKeyId = 9, Keys = [new BfdKeyArguments { Id = 0, Secret = "geheim \"ä\"" }, new BfdKeyArguments { Id = 9, Secret = "x" }] },
                },
                new() { RemoteIP = "fe80::2", Interval = 100_000, RetryCount = 3, Interface = "eth1", Echo = new BfdEchoArguments { Interval = 5_000 } },
                new() { RemoteIP = "fe80::2", Interval = 100_000, RetryCount = 3, Interface = "eth2", Echo = new BfdEchoArguments { MinRx = 6_000 } },
            })
            {
                model.Put(arguments, new StubHost(), out model).Outcome.Should().Be(BfdOutcome.Done);
            }

            return model;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoFile_IsEmpty() => _file.Load(new StubHost()).Should().BeSameAs(BfdModel.Empty);

    [Fact]
    public void SaveThenLoad_IsTheSameAndNobodyElsesToRead()
    {
        _file.Save(Sample);

        var host = new StubHost();
        var loaded = _file.Load(host);

        loaded.Sessions.Should().HaveCount(4).And.Equal(Sample.Sessions);
        host.Asked.Should().BeEmpty("how far away a peer is was decided when the session was made");
        Directory.GetFiles(_directory).Should().Equal(_file.Path);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_file.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Save_LeavesOutWhatTheFlagGave()
    {
        var flag = new ConfiguredBfd(new BfdSessionSettings(IPAddress.Parse("192.0.2.3"))) { Origin = BfdOrigin.Flag };

        _file.Save(Sample.With(flag));

        _file.Load(new StubHost()).Sessions.Should().Equal(Sample.Sessions);
    }

    [Fact]
    public void Load_FileOfLoxilb_IsTaken()
    {
        File.WriteAllText(_file.Path, """{"Attr":[{"instance":"default","remoteIp":"198.51.100.2","sourceIp":"192.0.2.1","port":3784,"interval":200000,"retryCount":3,"state":"BFDUp"}]}""");

        _file.Load(new StubHost()).Sessions.Values.Should().ContainSingle().Which.Settings.Should().Be(new BfdSessionSettings(IPAddress.Parse("198.51.100.2"))
        {
            LocalAddress = IPAddress.Parse("192.0.2.1"),
            Kind = BfdSessionKind.Multihop,
            DesiredMinTxInterval = TimeSpan.FromMilliseconds(200),
            RequiredMinRxInterval = TimeSpan.FromMilliseconds(200),
        });
    }

    [Fact]
    public void Load_FileCutAnywhere_IsAClearErrorWithoutSecrets()
    {
        _file.Save(Sample);
        var whole = File.ReadAllBytes(_file.Path);
        // The last byte is a line feed.
        for (var i = 0; i < whole.Length - 1; i++)
        {
            File.WriteAllBytes(_file.Path, whole[..i]);

            _file.Invoking(static f => f.Load(new StubHost())).Should().Throw<StateFileException>()
                .WithMessage($"{_file.Path}: line *, byte *: value '...', expected complete JSON*").Which.Message.Should().NotContain("geheim");
        }
    }

    [Theory]
    [InlineData("[]", "*: value 'Array', expected an object with Attr")]
    [InlineData("""{"version":2}""", "version: value '2', expected 1, the only version that this program reads")]
    [InlineData("""{"version":1,"sessions":[]}""", "sessions: value '[]', expected one of the members Attr, version")]
    [InlineData("""{"Attr":[null]}""", "Attr[0]: value 'null', expected an object")]
    [InlineData("""{"Attr":[{"remoteIp":7}]}""", "Attr[0].remoteIp: value '7', expected a string")]
    [InlineData("""{"Attr":[{"remoteIp":"192.0.2.2","retrycont":3}]}""", "Attr[0].retrycont: value '3', expected one of the members *")]
    [InlineData("""{"Attr":[{"auth":{"keys":[{"secret":4711}]}}]}""", "Attr[0].auth.keys[0].secret: value '...', expected a string")]
    [InlineData("""{"Attr":[{"auth":{"keys":[{"Secret":"a"}],"secrets":"geheim"}}]}""", "Attr[0].auth.secrets: value '...', expected one of the members *")]
    [InlineData("""{"Attr":[{"remoteIp":"192.0.2.2","interval":50000,"retryCount":300}]}""", "Attr[0].retryCount: value '300', expected 1 to 255")]
    [InlineData("""{"Attr":[{"remoteIp":"192.0.2.2","interval":2999,"retryCount":3}]}""", "Attr[0].interval: value '2999', expected 3000 to 4294967295 microseconds")]
    [InlineData("""{"Attr":[{"instance":"inst1","remoteIp":"192.0.2.2","interval":50000,"retryCount":3}]}""", "Attr[0].instance: value 'inst1', expected llb-inst0, or its other name default")]
    [InlineData("{\"Attr\":[" + Good + "," + Good + "]}", "Attr[1]: value '192.0.2.2', expected another remoteIp, or of a link-local one another interface, than those before")]
    public void Load_WrongContent_NamesFileAndPath(string text, string message)
    {
        File.WriteAllText(_file.Path, text);

        _file.Invoking(static f => f.Load(new StubHost())).Should().Throw<StateFileException>().WithMessage($"{_file.Path}: {message}");
    }

    [Fact]
    public void Load_SeveralProblems_AreAllNamed()
    {
        File.WriteAllText(_file.Path, """{"version":3,"Attr":[{"remoteIp":"x","interval":1},{"remoteIp":"224.0.0.1","interval":50000,"retryCount":3}]}""");

        _file.Invoking(static f => f.Load(new StubHost())).Should().Throw<StateFileException>()
            .Which.Problems.Select(static p => p.Field).Should().Equal("version", "Attr[0].remoteIp", "Attr[0].interval", "Attr[0].retryCount", "Attr[1].remoteIp");
    }
}
