using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public class OwnSourcesTests
{
    [Fact]
    public void OneArmWithoutAPool_IsSeenByItsOwnAddress_OthersAreNot()
    {
        static Service Of(ushort port, NatMode mode, string name = "", string? pool = null, string endpoint = "198.51.100.1") => new()
        {
            Key = new ServiceKey(IPAddress.Parse("192.0.2.10"), ServiceProtocol.Tcp, port),
            Name = name,
            Mode = mode,
            SourcePool = pool,
            Endpoints = [new ServiceEndpoint(IPAddress.Parse(endpoint), 80, 1)],
        };

        OwnSources.ServicesOf(ServiceModel.Create(
        [
            Of(1, NatMode.Default), Of(2, NatMode.FullNat), Of(3, NatMode.Dsr), Of(4, NatMode.OneArm, pool: "pool"), Of(5, NatMode.OneArm, "web"), Of(6, NatMode.OneArm),
            Of(7, NatMode.Default, "to IPv6", endpoint: "2001:db8::1"), Of(8, NatMode.FullNat, "full, to IPv6", endpoint: "2001:db8::1"),
        ])).Should().Equal(new ServiceKey(IPAddress.Parse("192.0.2.10"), ServiceProtocol.Tcp, 6).ToString(), "to IPv6", "web");
    }
}
