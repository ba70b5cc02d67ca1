using System.Net;
using Loxi.Core.Services;
using Loxi.Node.Bgp;

namespace Loxi.Node.Tests.Bgp;

/// <summary>The services that a test says, all of them served.</summary>
internal sealed class FakeAnnouncedServices : IAnnouncedServices
{
    private volatile AnnouncedService[] _services = [];

    public event Action? Changed;

    public void Set(params string[] vips)
    {
        _services = [.. vips.Select(static vip => new AnnouncedService(new Service { Key = new ServiceKey(IPAddress.Parse(vip), ServiceProtocol.Tcp, 80, 80, 0, ""), Bgp = true }, true))];
        Raise();
    }

    public void Raise() => Changed?.Invoke();

    public IReadOnlyList<AnnouncedService> Read() => _services;
}
