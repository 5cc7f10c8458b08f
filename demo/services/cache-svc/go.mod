module cache-svc

go 1.19
