using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Linux.Namespaces;
using Loxi.Linux.RootTests.Support;
using Xunit;

namespace Loxi.Linux.RootTests.Namespaces;

public sealed class NetworkNamespaceTests
{
    private readonly string _name = $"lxn{Environment.ProcessId}";

    [Fact]
    public void Create_Then_IpSeesItAndDeleteRemovesIt()
    {
        using (NetworkNamespace.Create(_name))
        {
            try
            {
                Command.Run("ip netns list").Should().Contain(_name);
                NetworkNamespace.List().Should().Contain(_name);
                Command.Run($"ip -n {_name} -br link").Should().Contain("lo");
            }
            finally
            {
                NetworkNamespace.Delete(_name);
            }
        }

        NetworkNamespace.Exists(_name).Should().BeFalse();
        Command.Run("ip netns list").Should().NotContain(_name);
    }

    [Fact]
    public void Create_NameTaken_FailsAndLeavesTheFirstAlone()
    {
        using var first = NetworkNamespace.Create(_name);
        try
        {
            FluentActions.Invoking(() => NetworkNamespace.Create(_name)).Should().Throw<LinuxException>()
                .Which.ErrorNumber.Should().Be(Errno.EEXIST);
            using var again = NetworkNamespace.Open(_name);
            again.Identity.Should().Be(first.Identity);
        }
        finally
        {
            NetworkNamespace.Delete(_name);
        }
    }

    [Fact]
    public void Open_MadeByIp_Works()
    {
        Command.Run($"ip netns add {_name}");
        try
        {
            using var handle = NetworkNamespace.Open(_name);
            handle.Run(() => File.ReadLines("/proc/thread-self/net/dev").Count()).Should().Be(3, "two header lines and lo");
        }
        finally
        {
            Command.Run($"ip netns del {_name}");
        }
    }

    [Fact]
    public void Run_SocketMadeInside_StaysInside()
    {
        using var handle = NetworkNamespace.Create(_name);
        try
        {
            Command.Run($"ip -n {_name} link set lo up");
            using var inside = handle.Run(() =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 45999));
                return socket;
            });
            using var outside = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

            // The same address and port are free outside, so the two sockets are in different namespaces.
            FluentActions.Invoking(() => outside.Bind(new IPEndPoint(IPAddress.Loopback, 45999))).Should().NotThrow();
        }
        finally
        {
            NetworkNamespace.Delete(_name);
        }
    }

    [Fact]
    public void Run_Many_NeitherThreadsNorDescriptorsNorThePoolLeak()
    {
        using var handle = NetworkNamespace.Create(_name);
        try
        {
            using var current = NetworkNamespace.OpenCurrent();
            handle.Run(static () => { });
            var descriptors = Descriptors.Count();
            for (var i = 0; i < 200; i++)
            {
                handle.Run(static () =>
                {
                    using var here = NetworkNamespace.OpenCurrent();
                    return here.Identity;
                }).Should().Be(handle.Identity);
            }

            Descriptors.Count().Should().Be(descriptors);
            foreach (var task in Directory.GetDirectories("/proc/self/task"))
            {
                string identity;
                try
                {
                    using var thread = NetworkNamespace.OpenPath($"{task}/ns/net");
                    identity = thread.Identity;
                }
                catch (LinuxException e) when (e.ErrorNumber is Errno.ENOENT or Errno.ESRCH)
                {
                    continue;
                }

                identity.Should().Be(current.Identity);
            }
        }
        finally
        {
            NetworkNamespace.Delete(_name);
        }
    }

    [Fact]
    public void Run_DelegateThrows_TheSameExceptionComesBack()
    {
        using var handle = NetworkNamespace.OpenCurrent();
        FluentActions.Invoking(() => handle.Run(() => throw new InvalidOperationException("x"))).Should().Throw<InvalidOperationException>().WithMessage("x");
    }

    [Fact]
    public void Open_Missing_NamesIt() =>
        FluentActions.Invoking(() => NetworkNamespace.Open("no-such-ns")).Should().Throw<LinuxException>()
            .Where(static e => e.ErrorNumber == Errno.ENOENT && e.Message.Contains("no-such-ns", StringComparison.Ordinal));

    [Fact]
    public void OpenPath_NotANamespace_IsRefused() =>
        FluentActions.Invoking(() => NetworkNamespace.OpenPath("/proc/self/ns/uts")).Should().Throw<LinuxException>().WithMessage("*not a network namespace*");

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void Open_BadName_IsAnArgumentError(string name) =>
        FluentActions.Invoking(() => NetworkNamespace.Open(name)).Should().Throw<ArgumentException>();
}
