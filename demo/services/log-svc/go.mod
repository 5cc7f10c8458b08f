module log-svc

go 1.19
